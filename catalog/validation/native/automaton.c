/* Automaton: the tables of a pattern, and the walk through them.
 *
 * Code points fall into at most 256 classes, found in two steps as in Unicode's own tables: blocks of 64 points, and an
 * index of blocks; points beyond the index share its last block. A step is one look-up in the table states x classes.
 * State 0 never matches and state 1 always does, so the walk ends as soon as it reaches one of them.
 *
 * Codes are often so many characters of a set, then so many of another ([A-Z]{2}[0-9]{8}): up to some place there is only
 * one way on. A text of ASCII that ends before that place needs no walk: each of its characters is looked up by itself.
 */
#include "automaton.h"

#include <stdlib.h>

#define BLOCK 64u
#define MAX_STATES 65535
#define MAX_CLASSES 256
#define MAX_INDEX (0x110000u / BLOCK)
#define MAX_PLACES 32

struct Automaton {
    uint32_t *next;     /* where each state's row begins, for each state and class; last in a row: whether the text may end here */
    uint16_t *index;    /* the block of each 64 code points */
    byte *blocks;       /* the class of each code point of a block */
    size_t n_index;
    size_t row_length;  /* the classes, and one more */
    uint32_t start;     /* the row of the first state */
    byte ascii[128];    /* the class of each ASCII character */
    size_t places;      /* so many characters at the front have but one way on */
    uint64_t lengths;   /* bit n: a text of n <= places characters that goes this way matches */
    uint32_t ways[256]; /* of each byte: bit i where it goes on at place i; none beyond ASCII */
};

typedef struct {
    PyObject_HEAD
    Automaton automaton;
} AutomatonObject;

/* ---- the walk ---- */

/* The code point whose first byte is *at, which is not ASCII; moves *at past it and never past the end. */
static uint32_t code_point(const byte **at, const byte *end)
{
    const byte *text = *at;
    size_t length = text[0] >= 0xF0 ? 4 : text[0] >= 0xE0 ? 3 : 2;
    uint32_t point = text[0] & (0x7Fu >> length);
    if ((size_t)(end - text) < length) {
        *at = end;
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        point = point << 6 | (text[i] & 0x3Fu);
    }
    *at = text + length;
    return point;
}

static size_t class_of(const Automaton *automaton, uint32_t point)
{
    size_t block = point / BLOCK;
    if (block >= automaton->n_index) {
        block = automaton->n_index - 1;
    }
    return automaton->blocks[automaton->index[block] * BLOCK + point % BLOCK];
}

static inline bool goes_one_way(const Automaton *automaton, const byte *text, size_t n)
{
    uint32_t good = 1;
    for (size_t i = 0; i < n; i++) {
        good &= automaton->ways[text[i]] >> i;
    }
    return good && automaton->lengths >> n & 1;
}

bool automaton_matches(const Automaton *automaton, const byte *text, size_t n)
{
    if (n <= automaton->places && goes_one_way(automaton, text, n)) {
        return true;
    }
    const byte *end = text + n;
    const uint32_t *next = automaton->next;
    size_t row = automaton->start, decided = automaton->row_length;
    while (text < end && row > decided) {
        size_t class = *text < 0x80 ? automaton->ascii[*text++] : class_of(automaton, code_point(&text, end));
        row = next[row + class];
    }
    return next[row + automaton->row_length - 1];
}

/* ---- the tables ---- */

static uint16_t read_uint16(const byte *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

/* The tables as Python hands them over: borrowed from bytes objects, sizes in bytes. */
typedef struct {
    unsigned int start;
    const byte *accepts, *next, *index, *blocks;
    Py_ssize_t n_states, next_size, index_size, blocks_size;
} Given;

static bool below(const byte *numbers, size_t n, size_t limit)
{
    for (size_t i = 0; i < n; i++) {
        if (numbers[i] >= limit) {
            return false;
        }
    }
    return true;
}

static bool below_uint16(const byte *numbers, size_t n, size_t limit)
{
    for (size_t i = 0; i < n; i++) {
        if (read_uint16(numbers + 2 * i) >= limit) {
            return false;
        }
    }
    return true;
}

/* What is wrong with the tables, or NULL when no walk can leave them. */
static const char *fault(const Given *given)
{
    if (given->n_states < 2 || given->n_states > MAX_STATES || given->start >= (size_t)given->n_states) {
        return "the number of states does not hold";
    }
    size_t states = (size_t)given->n_states, cells = (size_t)given->next_size / 2;
    size_t classes = cells / states;
    if (given->next_size % 2 || classes < 1 || classes > MAX_CLASSES || classes * states != cells) {
        return "the table of steps has the wrong size";
    }
    if (!below_uint16(given->next, cells, states)) {
        return "a step leads to no state";
    }
    if (!below(given->accepts, states, 2) || given->accepts[0] || !given->accepts[1]) {
        return "state 0 never accepts, state 1 always";
    }
    if (given->blocks_size < (Py_ssize_t)BLOCK || given->blocks_size % (Py_ssize_t)BLOCK
        || !below(given->blocks, (size_t)given->blocks_size, classes)) {
        return "the blocks of classes do not hold";
    }
    if (given->index_size < 4 || given->index_size % 2 || given->index_size / 2 > (Py_ssize_t)MAX_INDEX
        || !below_uint16(given->index, (size_t)given->index_size / 2, (size_t)given->blocks_size / BLOCK)) {
        return "the index of blocks does not hold";
    }
    return NULL;
}

/* The one row that a row leads to beside that of state 0, or 0 where there are more, or none. */
static uint32_t one_way(const Automaton *automaton, const uint32_t *row)
{
    uint32_t found = 0;
    for (size_t class = 0; class + 1 < automaton->row_length; class++) {
        if (row[class] && found && row[class] != found) {
            return 0;
        }
        found = row[class] ? row[class] : found;
    }
    return found;
}

/* Find out how far there is only one way. */
static void find_places(Automaton *automaton)
{
    uint32_t at = automaton->start;
    const uint32_t *row = automaton->next + at;
    automaton->lengths = row[automaton->row_length - 1];
    while (automaton->places < MAX_PLACES && at > automaton->row_length && (at = one_way(automaton, row))) {
        for (size_t c = 0; c < 128; c++) {
            automaton->ways[c] |= (uint32_t)(row[automaton->ascii[c]] == at) << automaton->places;
        }
        automaton->places++;
        row = automaton->next + at;
        automaton->lengths |= (uint64_t)row[automaton->row_length - 1] << automaton->places;
    }
}

/* Copy tables that hold; false when there is no memory. What was got is freed with the object. */
static bool copy_tables(Automaton *automaton, const Given *given)
{
    size_t states = (size_t)given->n_states, cells = (size_t)given->next_size / 2;
    size_t classes = cells / states, row_length = classes + 1;
    automaton->row_length = row_length;
    automaton->n_index = (size_t)given->index_size / 2;
    automaton->next = malloc(states * row_length * sizeof *automaton->next);
    automaton->index = malloc(automaton->n_index * sizeof *automaton->index);
    automaton->blocks = malloc((size_t)given->blocks_size);
    if (!automaton->next || !automaton->index || !automaton->blocks) {
        return false;
    }
    for (size_t state = 0; state < states; state++) {
        uint32_t *row = automaton->next + state * row_length;
        for (size_t class = 0; class < classes; class++) {
            row[class] = (uint32_t)(read_uint16(given->next + 2 * (state * classes + class)) * row_length);
        }
        row[classes] = given->accepts[state];
    }
    for (size_t i = 0; i < automaton->n_index; i++) {
        automaton->index[i] = read_uint16(given->index + 2 * i);
    }
    memcpy(automaton->blocks, given->blocks, (size_t)given->blocks_size);
    automaton->start = (uint32_t)(given->start * row_length);
    for (uint32_t point = 0; point < 128; point++) {
        automaton->ascii[point] = (byte)class_of(automaton, point);
    }
    find_places(automaton);
    return true;
}

/* ---- the Python type ---- */

static PyObject *automaton_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"tables", NULL};
    PyObject *tables;
    Given given;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!", names, &PyTuple_Type, &tables)
        || !PyArg_ParseTuple(tables, "Iy#y#y#y#;tables are (start, accepts, next, index, blocks)", &given.start, &given.accepts,
                             &given.n_states, &given.next, &given.next_size, &given.index, &given.index_size, &given.blocks,
                             &given.blocks_size)) {
        return NULL;
    }
    const char *wrong = fault(&given);
    if (wrong) {
        PyErr_SetString(PyExc_ValueError, wrong);
        return NULL;
    }
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    AutomatonObject *self = (AutomatonObject *)allocate(type, 0); /* zeroed: what copy_tables does not reach is NULL */
    if (self && !copy_tables(&self->automaton, &given)) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static void automaton_dealloc(PyObject *object)
{
    Automaton *automaton = &((AutomatonObject *)object)->automaton;
    PyTypeObject *type = Py_TYPE(object);
    free(automaton->next);
    free(automaton->index);
    free(automaton->blocks);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

/* Lone surrogates, which no file gives but a Python string may hold, are walked as the three bytes they would have. */
static PyObject *match_surrogates(const Automaton *automaton, PyObject *text)
{
    char *bytes;
    Py_ssize_t n;
    PyErr_Clear();
    PyObject *encoded = PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass");
    if (!encoded || PyBytes_AsStringAndSize(encoded, &bytes, &n) < 0) {
        Py_XDECREF(encoded);
        return NULL;
    }
    bool found = automaton_matches(automaton, (const byte *)bytes, (size_t)n);
    Py_DECREF(encoded);
    return PyBool_FromLong(found);
}

static PyObject *automaton_match(PyObject *self, PyObject *text)
{
    const Automaton *automaton = &((AutomatonObject *)self)->automaton;
    Py_ssize_t n;
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "an automaton matches text");
        return NULL;
    }
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &n);
    if (utf8) {
        return PyBool_FromLong(automaton_matches(automaton, (const byte *)utf8, (size_t)n));
    }
    return PyErr_ExceptionMatches(PyExc_UnicodeEncodeError) ? match_surrogates(automaton, text) : NULL;
}

static PyMethodDef methods[] = {
    {"match", automaton_match, METH_O, "match(text) -> bool: whether re.compile('^{pattern}$').match(text) finds something."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_doc, "Automaton(tables): a pattern as tables, made by catalog.validation.patterns. ValueError when they do not hold."},
    {Py_tp_new, automaton_new},
    {Py_tp_dealloc, automaton_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "catalog.validation._native.Automaton",
    .basicsize = sizeof(AutomatonObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = type_slots,
};

Automaton *automaton_of(PyObject *object)
{
    /* The type cannot be derived from, so its own way of dying tells it. */
    if (PyType_GetSlot(Py_TYPE(object), Py_tp_dealloc) != (void *)automaton_dealloc) {
        PyErr_SetString(PyExc_TypeError, "not an Automaton");
        return NULL;
    }
    return &((AutomatonObject *)object)->automaton;
}

int automaton_add_type(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    int failed = type ? PyModule_AddObjectRef(module, "Automaton", type) : -1;
    Py_XDECREF(type);
    return failed;
}
