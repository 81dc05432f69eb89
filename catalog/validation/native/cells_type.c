/* What Python sees of the cells: the type Column. */
#include "cells_internal.h"

static PyTypeObject *column_type; /* one for the process, as the module is */

Column *column_of(PyObject *object)
{
    if (column_type == NULL || !PyObject_TypeCheck(object, column_type)) {
        PyErr_SetString(PyExc_TypeError, "not a Column");
        return NULL;
    }
    return (Column *)object;
}

static PyObject *new_column(PyTypeObject *type, PyObject *positional, PyObject *named)
{
    static char *names[] = {"plan", NULL};
    PyObject *plan;
    if (!PyArg_ParseTupleAndKeywords(positional, named, "O!:Column", names, &PyDict_Type, &plan)) {
        return NULL;
    }
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *self = allocate(type, 0);
    if (self != NULL && column_plan((Column *)self, plan) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    return self;
}

static void free_column(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    column_clear((Column *)self);
    release(self);
    Py_DECREF(type);
}

static PyObject *check(PyObject *self, PyObject *cell)
{
    char *text;
    Py_ssize_t n;
    if (PyBytes_Check(cell)) {
        if (PyBytes_AsStringAndSize(cell, &text, &n) < 0) {
            return NULL;
        }
        return PyLong_FromLong(column_check_bare((Column *)self, (const byte *)text, (size_t)n));
    }
    return PyLong_FromLong(column_check_object((Column *)self, cell));
}

static PyObject *hash(PyObject *self, PyObject *cell)
{
    uint64_t value;
    Py_ssize_t n;
    const char *text = PyUnicode_AsUTF8AndSize(cell, &n);
    if (text == NULL) {
        return NULL;
    }
    byte copy[2 * BEHIND] = {0};
    if (n < BEHIND) {
        memcpy(copy, text, (size_t)n);
        text = (const char *)copy;
    }
    if (!column_hash((Column *)self, (const byte *)text, (size_t)n, &value)) {
        Py_RETURN_NONE;
    }
    return PyLong_FromUnsignedLongLong(value);
}

static PyMethodDef methods[] = {
    {"check", check, METH_O, "The verdict on a cell: 0 undecided, 1 clean, 2 missing. Bytes are a text in UTF-8."},
    {"hash", hash, METH_O, "The hash of the value of a clean text, or None where there is no native one."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, (void *)"Column(plan): a field's plan, ready to be applied to cells."},
    {Py_tp_new, new_column},
    {Py_tp_dealloc, free_column},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "catalog.validation._native.Column", .basicsize = sizeof(Column), .flags = Py_TPFLAGS_DEFAULT, .slots = slots,
};

int column_add_type(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&spec);
    if (type == NULL) {
        return -1;
    }
    if (PyModule_AddObjectRef(module, "Column", type) < 0) {
        Py_DECREF(type);
        return -1;
    }
    PyObject *former = (PyObject *)column_type;
    column_type = (PyTypeObject *)type;
    Py_XDECREF(former);
    return 0;
}
