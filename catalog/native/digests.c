/* The extension module `catalog._digests`: MD5 and SHA-256 of the same bytes, computed together where the processor can. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#include "digests.h"

#define SMALL 2048 /* bytes; below, letting other threads run costs more than it gives */

typedef struct {
    PyObject_HEAD
    State state;
    uint64_t size;    /* bytes so far */
    byte rest[BLOCK]; /* the last size % BLOCK of them */
    bool busy;        /* a thread is in the midst of `update` without the interpreter's lock */
} Digests;

static const State BEGINNING = {
    {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
    {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
};

static PyObject *digests_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, ":Digests", names)) {
        return NULL;
    }
    if (!can_take_blocks()) {
        PyErr_SetString(PyExc_OSError, "this processor has no instructions for SHA-256");
        return NULL;
    }
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Digests *digests = (Digests *)allocate(type, 0);
    if (digests) {
        digests->state = BEGINNING;
    }
    return (PyObject *)digests;
}

static void digests_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static void take(Digests *digests, const byte *text, size_t n)
{
    size_t held = digests->size % BLOCK;
    digests->size += n;
    if (held) {
        size_t part = n < BLOCK - held ? n : BLOCK - held;
        memcpy(digests->rest + held, text, part);
        text += part;
        n -= part;
        if (held + part < BLOCK) {
            return;
        }
        take_blocks(&digests->state, digests->rest, digests->rest, 1);
    }
    take_blocks(&digests->state, text, text, n / BLOCK);
    memcpy(digests->rest, text + (n - n % BLOCK), n % BLOCK);
}

static bool is_free(const Digests *digests)
{
    if (digests->busy) {
        PyErr_SetString(PyExc_RuntimeError, "another thread is handing bytes to these digests");
    }
    return !digests->busy;
}

static PyObject *digests_update(PyObject *self, PyObject *bytes)
{
    Digests *digests = (Digests *)self;
    Py_buffer view;
    if (!is_free(digests) || PyObject_GetBuffer(bytes, &view, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    if (view.len < SMALL) {
        take(digests, view.buf, (size_t)view.len);
    } else {
        digests->busy = true;
        Py_BEGIN_ALLOW_THREADS
        take(digests, view.buf, (size_t)view.len);
        Py_END_ALLOW_THREADS
        digests->busy = false;
    }
    PyBuffer_Release(&view);
    Py_RETURN_NONE;
}

/* What follows the bytes: a bit, zeros, and the number of bits, which MD5 writes from its lowest byte and SHA-256 from its highest. */
static State ended(const Digests *digests)
{
    State state = digests->state;
    size_t held = digests->size % BLOCK, blocks = held < BLOCK - 8 ? 1 : 2;
    byte for_md5[2 * BLOCK] = {0}, for_sha256[2 * BLOCK];
    memcpy(for_md5, digests->rest, held);
    for_md5[held] = 0x80;
    memcpy(for_sha256, for_md5, sizeof for_sha256);
    for (unsigned i = 0; i < 8; i++) {
        byte part = (byte)(digests->size * 8 >> (8 * i));
        for_md5[blocks * BLOCK - 8 + i] = part;
        for_sha256[blocks * BLOCK - 1 - i] = part;
    }
    take_blocks(&state, for_md5, for_sha256, blocks);
    return state;
}

static void write_hex(char *at, uint32_t word, bool highest_first)
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned part = word >> 8 * (highest_first ? 3 - i : i) & 0xFF;
        *at++ = "0123456789abcdef"[part >> 4];
        *at++ = "0123456789abcdef"[part & 15];
    }
}

static PyObject *digests_hexdigests(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    char md5[32], sha256[64];
    if (!is_free((Digests *)self)) {
        return NULL;
    }
    State state = ended((Digests *)self);
    for (unsigned i = 0; i < 4; i++) {
        write_hex(md5 + 8 * i, state.md5[i], false);
    }
    for (unsigned i = 0; i < 8; i++) {
        write_hex(sha256 + 8 * i, state.sha256[i], true);
    }
    return Py_BuildValue("(s#s#)", md5, (Py_ssize_t)sizeof md5, sha256, (Py_ssize_t)sizeof sha256);
}

static PyMethodDef methods[] = {
    {"update", digests_update, METH_O, "update(bytes): take in the next bytes. RuntimeError while another thread does."},
    {"hexdigests", digests_hexdigests, METH_NOARGS, "hexdigests() -> (md5, sha256) of all bytes so far, in lower-case hex."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_doc, "Digests(): MD5 and SHA-256 in the making. OSError where the processor cannot."},
    {Py_tp_new, digests_new},
    {Py_tp_dealloc, digests_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec spec = {"catalog._digests.Digests", sizeof(Digests), 0, Py_TPFLAGS_DEFAULT, type_slots};

static int fill(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    if (!type || PyModule_AddObjectRef(module, "Digests", type) < 0) {
        Py_XDECREF(type);
        return -1;
    }
    Py_DECREF(type);
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_digests", .m_doc = "MD5 and SHA-256 in one go.", .m_size = 0, .m_slots = slots,
};

PyMODINIT_FUNC PyInit__digests(void);

PyMODINIT_FUNC PyInit__digests(void)
{
    return PyModuleDef_Init(&definition);
}
