/* Making and unmaking a scanner: options of Python become plain C. */
#include "scanner_setup.h"
#include <stdlib.h>

/* A one-byte option; *has says whether it is there. False with an exception set where it is not one byte. */
static bool take_byte(PyObject *options, const char *name, byte *value, bool *has)
{
    PyObject *given = PyDict_GetItemString(options, name);
    *has = given && given != Py_None;
    if (!*has) {
        return true;
    }
    char *text;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(given, &text, &length) < 0) {
        return false;
    }
    if (length != 1) {
        PyErr_Format(PyExc_ValueError, "%s must be one byte", name);
        return false;
    }
    *value = (byte)text[0];
    return true;
}

static bool take_flag(PyObject *options, const char *name, bool otherwise)
{
    PyObject *given = PyDict_GetItemString(options, name);
    return given ? PyObject_IsTrue(given) == 1 : otherwise;
}

static uint64_t take_number(PyObject *options, const char *name, uint64_t otherwise)
{
    PyObject *given = PyDict_GetItemString(options, name);
    return given ? PyLong_AsUnsignedLongLong(given) : otherwise;
}

static bool take_dialect(Scanner *scanner, PyObject *options)
{
    Dialect *dialect = &scanner->dialect;
    bool has_delimiter;
    dialect->delimiter = ',';
    dialect->double_quote = take_flag(options, "double_quote", true);
    dialect->skip_space = take_flag(options, "skip_space", false);
    scanner->choice.skip_blank = take_flag(options, "skip_blank", false);
    scanner->choice.first = take_number(options, "first", 1);
    scanner->sampled = take_number(options, "sampled", 0);
    return take_byte(options, "delimiter", &dialect->delimiter, &has_delimiter) &&
           take_byte(options, "quote", &dialect->quote, &dialect->has_quote) &&
           take_byte(options, "escape", &dialect->escape, &dialect->has_escape) && !PyErr_Occurred();
}

static bool take_comments(Scanner *scanner, PyObject *options)
{
    Choice *choice = &scanner->choice;
    PyObject *comment = PyDict_GetItemString(options, "comment"), *rows = PyDict_GetItemString(options, "comment_rows");
    char *text;
    Py_ssize_t length;
    if (comment) {
        if (PyBytes_AsStringAndSize(comment, &text, &length) < 0 || !(choice->comment = malloc((size_t)length + 1))) {
            return false;
        }
        memcpy(choice->comment, text, (size_t)length);
        choice->comment_length = (size_t)length;
    }
    if (rows) {
        Py_ssize_t count = PyList_Size(rows);
        if (count < 0 || !(choice->comment_rows = calloc((size_t)count + 1, sizeof *choice->comment_rows))) {
            return false;
        }
        for (Py_ssize_t i = 0; i < count; i++) {
            choice->comment_rows[i] = PyLong_AsUnsignedLongLong(PyList_GetItem(rows, i));
        }
        choice->comment_count = (size_t)count;
    }
    return !PyErr_Occurred();
}

/* A list of column numbers as an array. */
static bool take_numbers(const Scanner *scanner, PyObject *list, size_t **numbers, size_t *count)
{
    Py_ssize_t length = PyList_Size(list);
    if (length < 0 || !(*numbers = calloc((size_t)length + 1, sizeof **numbers))) {
        return false;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        (*numbers)[i] = PyLong_AsSize_t(PyList_GetItem(list, i));
        if (!PyErr_Occurred() && (*numbers)[i] >= scanner->column_count) {
            PyErr_SetString(PyExc_IndexError, "no such column");
        }
    }
    *count = (size_t)length;
    return !PyErr_Occurred();
}

static bool take_groups(Scanner *scanner, PyObject *options)
{
    PyObject *groups = PyDict_GetItemString(options, "groups");
    Py_ssize_t count = groups ? PyList_Size(groups) : 0;
    if (count < 0 || !(scanner->groups = calloc((size_t)count + 1, sizeof *scanner->groups))) {
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        Group *group = &scanner->groups[scanner->group_count++];
        if (!take_numbers(scanner, PyList_GetItem(groups, i), &group->columns, &group->count)) {
            return false;
        }
    }
    return true;
}

static bool take_keys(Scanner *scanner, PyObject *options)
{
    PyObject *keys = PyDict_GetItemString(options, "keys");
    Py_ssize_t count = keys ? PyList_Size(keys) : 0;
    if (count < 0 || !(scanner->keys = calloc((size_t)count + 1, sizeof *scanner->keys))) {
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *store, *columns;
        int primary;
        Key *key = &scanner->keys[scanner->key_count++];
        if (!PyArg_ParseTuple(PyList_GetItem(keys, i), "OO!p", &store, &PyList_Type, &columns, &primary) ||
            !(key->store = keystore_of(store)) || !take_numbers(scanner, columns, &key->columns, &key->count)) {
            return false;
        }
        key->primary = primary;
    }
    return true;
}

static bool take_columns(Scanner *scanner, PyObject *columns)
{
    scanner->splitting = columns == Py_None;
    Py_ssize_t count = scanner->splitting ? 0 : PySequence_Size(columns);
    if (count < 0) {
        return false;
    }
    scanner->column_count = (size_t)count;
    scanner->record.room = scanner->splitting ? 4096 : (size_t)count + 1;
    scanner->record.cells = calloc(scanner->record.room, sizeof *scanner->record.cells);
    scanner->columns = calloc((size_t)count + 1, sizeof *scanner->columns);
    scanner->memos = calloc((size_t)count + 1, sizeof *scanner->memos);
    if (!scanner->record.cells || !scanner->columns || !scanner->memos) {
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *column = PySequence_GetItem(columns, i);
        scanner->columns[i] = column ? column_of(column) : NULL;
        Py_XDECREF(column); /* the sequence keeps it, and the scanner keeps the sequence */
        if (!scanner->columns[i]) {
            return false;
        }
    }
    return true;
}

static bool take_pick(Scanner *scanner, PyObject *options)
{
    PyObject *pick = PyDict_GetItemString(options, "pick");
    if (!pick) {
        return true;
    }
    if (!PyIter_Check(pick)) {
        PyErr_SetString(PyExc_TypeError, "pick must be an iterator");
        return false;
    }
    scanner->pick = Py_NewRef(pick);
    PyObject *next = PyIter_Next(pick);
    scanner->picked = next ? PyLong_AsUnsignedLongLong(next) : UINT64_MAX;
    Py_XDECREF(next);
    return !PyErr_Occurred();
}

PyObject *scanner_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *columns, *options;
    if (kwargs || !PyArg_ParseTuple(args, "OO!:Scanner", &columns, &PyDict_Type, &options)) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "Scanner takes no keywords");
    }
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Scanner *scanner = (Scanner *)allocate(type, 0);
    if (!scanner) {
        return NULL;
    }
    scanner->held = PyTuple_Pack(2, columns, options);
    if (!scanner->held || !take_columns(scanner, columns) || !take_dialect(scanner, options) || !take_comments(scanner, options) ||
        !take_groups(scanner, options) || !take_keys(scanner, options) || !take_pick(scanner, options)) {
        Py_DECREF(scanner);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    return (PyObject *)scanner;
}

static void free_groups(Scanner *scanner)
{
    for (size_t i = 0; i < scanner->group_count; i++) {
        free(scanner->groups[i].columns);
        memo_clear(&scanner->groups[i].known);
    }
    for (size_t i = 0; i < scanner->key_count; i++) {
        free(scanner->keys[i].columns);
    }
    for (size_t i = 0; scanner->memos && i < scanner->column_count; i++) {
        memo_clear(&scanner->memos[i]);
    }
    free(scanner->groups);
    free(scanner->keys);
    free(scanner->memos);
}

void scanner_dealloc(PyObject *self)
{
    Scanner *scanner = (Scanner *)self;
    PyTypeObject *type = Py_TYPE(self);
    free_groups(scanner);
    free(scanner->columns);
    free(scanner->record.cells);
    free(scanner->choice.comment);
    free(scanner->choice.comment_rows);
    free((void *)scanner->text.text);
    free((void *)scanner->text.marks);
    free(scanner->text.scratch);
    free(scanner->join);
    doubts_free(&scanner->doubts);
    Py_XDECREF(scanner->held);
    Py_XDECREF(scanner->pick);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}
