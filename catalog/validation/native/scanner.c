/* Scanner, the Python type: takes blocks in, gives doubtful rows out. */
#include "scanner.h"
#include "scanner_setup.h"
#include "structure.h"
#include <stdlib.h>

/* Handed over at a time, so that a file of nothing but faults stays small in memory. */
#define MOST_DOUBTS 1024
#define MOST_DOUBTFUL_CELLS 8192
#define MOST_LEARNT ((size_t)8 << 20) /* bytes that all memos of a scanner take together */

/* Put what is left of the text to the front and make room for `more` bytes. False when there is no memory. */
static bool make_room(Scanner *scanner, size_t more)
{
    Text *text = &scanner->text;
    size_t left = text->length - scanner->at, needed = left + more;
    if (needed > text->room) {
        size_t capacity = needed + needed / 2;
        byte *grown = malloc(capacity + BEHIND);
        if (!grown) {
            return false;
        }
        memcpy(grown, text->text ? text->text + scanner->at : grown, left);
        free((void *)text->text);
        text->text = grown;
        text->room = capacity;
        free(text->scratch);
        text->scratch = NULL;
    } else if (scanner->at) {
        memmove((byte *)text->text, text->text + scanner->at, left);
    }
    text->length = left;
    scanner->at = 0;
    return true;
}

static bool mark(Scanner *scanner)
{
    Text *text = &scanner->text;
    size_t words = text->length / BLOCK + 1;
    if (words > scanner->mark_capacity) {
        free((void *)text->marks);
        scanner->mark_capacity = words + words / 2;
        text->marks = malloc(scanner->mark_capacity * sizeof *text->marks);
        if (!text->marks) {
            scanner->mark_capacity = 0;
            return false;
        }
    }
    byte needles[4];
    records_needles(&scanner->dialect, needles);
    Needles looked_for = {needles[0], needles[1], needles[2], needles[3]};
    structure_mark(text->text, text->length, looked_for, (uint64_t *)text->marks);
    return true;
}

static PyObject *scanner_feed(Scanner *scanner, PyObject *args)
{
    Py_buffer block;
    int final;
    if (!PyArg_ParseTuple(args, "y*p:feed", &block, &final)) {
        return NULL;
    }
    bool done = make_room(scanner, (size_t)block.len);
    if (done) {
        if (block.len) { /* before the first byte there is no memory to copy to */
            memcpy((byte *)scanner->text.text + scanner->text.length, block.buf, (size_t)block.len);
        }
        scanner->text.length += (size_t)block.len;
        scanner->text.final = final;
        if (final || scanner->text.length >= scanner->patience) {
            done = mark(scanner);
            scanner->patience = 0;
            if (done) {
                text_seek(&scanner->text, 0);
            }
        }
    }
    PyBuffer_Release(&block);
    if (!done) {
        return PyErr_NoMemory();
    }
    Py_RETURN_NONE;
}

/* Read and judge records until the text or the room for doubts ends. False when there is no memory, or an exception is set. */
static bool run(Scanner *scanner)
{
    Text *text = &scanner->text;
    while (scanner->at < text->length && scanner->doubts.row_count < MOST_DOUBTS && scanner->doubts.cell_count < MOST_DOUBTFUL_CELLS) {
        size_t start = scanner->at;
        RecordResult result = record_read(&scanner->dialect, text, &scanner->at, &scanner->record);
        if (result == RECORD_UNFINISHED) {
            scanner->patience = 2 * (text->length - start);
            return true;
        }
        if (result == RECORD_NO_MEMORY || !scanner_judge(scanner, start, scanner->at)) {
            return false;
        }
    }
    return true;
}

static PyObject *scanner_scan(Scanner *scanner, PyObject *unused)
{
    (void)unused;
    doubts_reset(&scanner->doubts);
    if (scanner->patience && !scanner->text.final) {
        return PyList_New(0);
    }
    bool done;
    if (scanner->pick) {
        done = run(scanner);
    } else {
        Py_BEGIN_ALLOW_THREADS
        done = run(scanner);
        Py_END_ALLOW_THREADS
    }
    if (!done) {
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    return doubts_to_list(&scanner->doubts, scanner->text.text);
}

static PyObject *scanner_valid(Scanner *scanner, PyObject *args)
{
    Py_buffer block;
    int final;
    if (!PyArg_ParseTuple(args, "y*p:valid", &block, &final)) {
        return NULL;
    }
    bool valid;
    Py_BEGIN_ALLOW_THREADS
    valid = utf8_valid(&scanner->utf8, block.buf, (size_t)block.len, final);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&block);
    return PyBool_FromLong(valid);
}

static PyObject *learn(Scanner *scanner, Memo *memo, const char *text, Py_ssize_t length)
{
    size_t before = memo_size(memo);
    if (scanner->learnt < MOST_LEARNT && !memo_add(memo, (const byte *)text, (size_t)length)) {
        return PyErr_NoMemory();
    }
    scanner->learnt += memo_size(memo) - before;
    Py_RETURN_NONE;
}

static PyObject *scanner_learn(Scanner *scanner, PyObject *args)
{
    Py_ssize_t number, length;
    const char *text;
    if (!PyArg_ParseTuple(args, "ny#:learn", &number, &text, &length)) {
        return NULL;
    }
    if (number < 0 || (size_t)number >= scanner->column_count) {
        PyErr_SetString(PyExc_IndexError, "no such column");
        return NULL;
    }
    return learn(scanner, &scanner->memos[number], text, length);
}

static PyObject *scanner_learn_group(Scanner *scanner, PyObject *args)
{
    Py_ssize_t number, length;
    const char *text;
    if (!PyArg_ParseTuple(args, "ny#:learn_group", &number, &text, &length)) {
        return NULL;
    }
    if (number < 0 || (size_t)number >= scanner->group_count) {
        PyErr_SetString(PyExc_IndexError, "no such group");
        return NULL;
    }
    return learn(scanner, &scanner->groups[number].known, text, length);
}

/* The verdict on a cell of Python, with the memo's help where it is a text. */
static Verdict judge_object(const Scanner *scanner, size_t column, PyObject *cell)
{
    Verdict verdict = column_check_object(scanner->columns[column], cell);
    if (verdict == UNDECIDED && PyUnicode_CheckExact(cell)) {
        Py_ssize_t length;
        const char *text = PyUnicode_AsUTF8AndSize(cell, &length);
        if (!text) {
            PyErr_Clear();
        } else if (memo_has(&scanner->memos[column], (const byte *)text, (size_t)length)) {
            verdict = CLEAN;
        }
    }
    return verdict;
}

static PyObject *scanner_judge_row(Scanner *scanner, PyObject *row)
{
    if (!PyList_Check(row)) {
        Py_RETURN_NONE;
    }
    size_t count = (size_t)PyList_Size(row), missing = 0;
    if (count != scanner->column_count) {
        Py_RETURN_NONE;
    }
    PyObject *doubtful = PyList_New(0);
    for (size_t i = 0; doubtful && i < count; i++) {
        Verdict verdict = judge_object(scanner, i, PyList_GetItem(row, (Py_ssize_t)i));
        missing += verdict == MISSING;
        if (verdict == UNDECIDED) {
            PyObject *number = PyLong_FromSize_t(i);
            if (!number || PyList_Append(doubtful, number) < 0) {
                Py_CLEAR(doubtful);
            }
            Py_XDECREF(number);
        }
    }
    if (doubtful && missing == count) {
        Py_DECREF(doubtful);
        Py_RETURN_NONE;
    }
    return doubtful;
}

static PyObject *get_records(Scanner *scanner, void *closure) { (void)closure; return PyLong_FromUnsignedLongLong(scanner->records); }
static PyObject *get_rows(Scanner *scanner, void *closure) { (void)closure; return PyLong_FromUnsignedLongLong(scanner->rows); }
static PyObject *get_left(Scanner *scanner, void *closure) { (void)closure; return PyLong_FromSize_t(scanner->text.length - scanner->at); }

static PyObject *get_sampled_lines(Scanner *scanner, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLongLong(scanner->records < scanner->sampled ? scanner->lines : scanner->sampled_lines);
}

static PyMethodDef methods[] = {
    {"feed", (PyCFunction)scanner_feed, METH_VARARGS, "feed(block: bytes, final: bool): take in the next block of UTF-8."},
    {"scan", (PyCFunction)scanner_scan, METH_NOARGS,
     "scan() -> list: up to 1,024 rows that are not certainly clean; empty when the next block is needed or all is read."},
    {"valid", (PyCFunction)scanner_valid, METH_VARARGS,
     "valid(block: bytes, final: bool) -> bool: whether the block, after those before it, is UTF-8."},
    {"learn", (PyCFunction)scanner_learn, METH_VARARGS, "learn(column: int, text: bytes): the text is good in this column."},
    {"learn_group", (PyCFunction)scanner_learn_group, METH_VARARGS, "learn_group(group: int, text: bytes): these texts are there."},
    {"judge_row", (PyCFunction)scanner_judge_row, METH_O,
     "judge_row(cells: list) -> list[int] | None: the columns in doubt; None: the row as a whole."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"records", (getter)get_records, NULL, "Records read so far, titles and header among them.", NULL},
    {"rows", (getter)get_rows, NULL, "Rows read so far.", NULL},
    {"left", (getter)get_left, NULL, "Bytes of a record that has not ended yet.", NULL},
    {"sampled_lines", (getter)get_sampled_lines, NULL, "Physical lines up to the end of the sample.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Scanner(columns, options): reads delimited text and tells which rows are not certainly clean."},
    {Py_tp_new, scanner_new},
    {Py_tp_dealloc, scanner_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {0, NULL},
};

static PyType_Spec spec = {"catalog.validation._native.Scanner", sizeof(Scanner), 0, Py_TPFLAGS_DEFAULT, slots};

int scanner_add_type(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&spec);
    int result = type ? PyModule_AddObjectRef(module, "Scanner", type) : -1;
    Py_XDECREF(type);
    return result;
}
