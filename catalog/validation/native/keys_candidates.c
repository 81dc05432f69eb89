/* The Python type Candidates: an iterator over the rows that may clash, a bit a row behind it. */
#include "keys_store.h"

#include <stdlib.h>

typedef struct {
    PyObject_HEAD
    Candidates found;
    uint64_t next;
} CandidatesObject;

Candidates *candidates_found(PyObject *iterator)
{
    return &((CandidatesObject *)iterator)->found;
}

PyObject *candidates_new(PyObject *module)
{
    PyObject *type = PyObject_GetAttrString(module, "Candidates");
    if (type == NULL) {
        return NULL;
    }
    allocfunc allocate = (allocfunc)PyType_GetSlot((PyTypeObject *)type, Py_tp_alloc);
    PyObject *iterator = allocate((PyTypeObject *)type, 0);
    Py_DECREF(type);
    return iterator;
}

static void candidates_dealloc(PyObject *self)
{
    free(((CandidatesObject *)self)->found.bits);
    keys_free_object(self);
}

static PyObject *candidates_next(PyObject *self)
{
    CandidatesObject *iterator = (CandidatesObject *)self;
    const Candidates *found = &iterator->found;
    uint64_t row = found->bits ? iterator->next : found->rows;
    while (row < found->rows) {
        unsigned rest = (unsigned)found->bits[row / 8] >> row % 8;
        if (rest & 1) {
            iterator->next = row + 1;
            return PyLong_FromUnsignedLongLong(row);
        }
        row = rest ? row + 1 : row / 8 * 8 + 8;
    }
    iterator->next = found->rows;
    return NULL;
}

static PyObject *candidates_count(PyObject *self, void *nothing)
{
    (void)nothing;
    return PyLong_FromUnsignedLongLong(((CandidatesObject *)self)->found.count);
}

static PyGetSetDef attributes[] = {
    {"count", candidates_count, NULL, "How many rows there are in all.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "The rows, ascending, whose hash occurs at least twice."},
    {Py_tp_dealloc, candidates_dealloc},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, candidates_next},
    {Py_tp_getset, attributes},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "catalog.validation._native.Candidates",
    .basicsize = sizeof(CandidatesObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

int candidates_add_type(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    int added = type ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
    Py_XDECREF(type);
    return added;
}
