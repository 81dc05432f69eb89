/* The extension module `catalog.validation._native`: what its parts offer, put together. */
#include "automaton.h"
#include "cells.h"
#include "keys.h"
#include "scanner.h"

static int fill(PyObject *module)
{
    if (automaton_add_type(module) < 0 || column_add_type(module) < 0 || keystore_add_type(module) < 0 ||
        scanner_add_type(module) < 0) {
        return -1;
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_native", .m_doc = "The scanner that proves rows clean.", .m_size = 0, .m_slots = slots,
};

PyMODINIT_FUNC PyInit__native(void);

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
