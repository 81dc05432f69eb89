/* What Python sees of the keys: the type KeyStore, hash_bytes and hash_combine. */
#include "keys_store.h"

#include <errno.h>
#include <stdlib.h>

#define DEFAULT_MEMORY ((Py_ssize_t)256 << 20)

typedef struct {
    PyObject_HEAD
    KeyStore store;
    bool busy; /* a thread without the GIL is at work on the store */
} KeyStoreObject;

void keys_free_object(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static void keystore_dealloc(PyObject *self)
{
    store_close(&((KeyStoreObject *)self)->store);
    keys_free_object(self);
}

/* The type cannot be derived from, so what has this destructor is a KeyStore. */
KeyStore *keystore_of(PyObject *object)
{
    if (PyType_GetSlot(Py_TYPE(object), Py_tp_dealloc) != (void *)keystore_dealloc) {
        PyErr_SetString(PyExc_TypeError, "a KeyStore is needed");
        return NULL;
    }
    return &((KeyStoreObject *)object)->store;
}

void keystore_raise(const KeyStore *store)
{
    if (store->failure == ENOMEM) {
        PyErr_NoMemory();
        return;
    }
    PyObject *text = PyUnicode_FromFormat("the hashes of keys cannot be kept in the folder %s: %s", store->folder, strerror(store->failure));
    PyObject *error = text ? PyObject_CallFunction(PyExc_OSError, "iO", store->failure, text) : NULL;
    if (error != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    }
    Py_XDECREF(text);
    Py_XDECREF(error);
}

static PyObject *none_or_raise(const KeyStore *store, bool done)
{
    if (!done) {
        keystore_raise(store);
        return NULL;
    }
    Py_RETURN_NONE;
}

/* The store, if no other thread is at work on it. */
static KeyStore *free_store(PyObject *self)
{
    if (((KeyStoreObject *)self)->busy) {
        PyErr_SetString(PyExc_RuntimeError, "this KeyStore is at work in another thread");
        return NULL;
    }
    return &((KeyStoreObject *)self)->store;
}

static int read_word(PyObject *object, void *word)
{
    unsigned long long value = PyLong_AsUnsignedLongLong(object);
    *(uint64_t *)word = value;
    return value != (unsigned long long)-1 || !PyErr_Occurred();
}

static PyObject *default_folder(void)
{
    PyObject *tempfile = PyImport_ImportModule("tempfile");
    PyObject *folder = tempfile ? PyObject_CallMethod(tempfile, "gettempdir", NULL) : NULL;
    Py_XDECREF(tempfile);
    return folder;
}

/* A copy of the path in the encoding of the file system; NULL with an exception set. */
static char *copy_of_path(PyObject *given)
{
    PyObject *folder = given == Py_None ? default_folder() : Py_NewRef(given), *encoded = NULL;
    if (folder == NULL || !PyUnicode_FSConverter(folder, &encoded)) {
        Py_XDECREF(folder);
        return NULL;
    }
    char *bytes, *copy = NULL;
    if (PyBytes_AsStringAndSize(encoded, &bytes, NULL) == 0) {
        copy = malloc(strlen(bytes) + 1);
        if (copy == NULL) {
            PyErr_NoMemory();
        } else {
            strcpy(copy, bytes);
        }
    }
    Py_DECREF(encoded);
    Py_DECREF(folder);
    return copy;
}

static PyObject *keystore_new(PyTypeObject *type, PyObject *positional, PyObject *named)
{
    static char *names[] = {"memory", "folder", NULL};
    Py_ssize_t memory = DEFAULT_MEMORY;
    PyObject *folder = Py_None;
    if (!PyArg_ParseTupleAndKeywords(positional, named, "|nO:KeyStore", names, &memory, &folder)) {
        return NULL;
    }
    if (memory < 0) {
        PyErr_SetString(PyExc_ValueError, "memory must not be negative");
        return NULL;
    }
    char *path = copy_of_path(folder);
    if (path == NULL) {
        return NULL;
    }
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *self = allocate(type, 0);
    if (self == NULL) {
        free(path);
        return NULL;
    }
    store_open(&((KeyStoreObject *)self)->store, (size_t)memory, path);
    return self;
}

static Py_ssize_t keystore_length(PyObject *self)
{
    return (Py_ssize_t)store_rows(&((KeyStoreObject *)self)->store);
}

static PyObject *push(PyObject *self, PyObject *argument)
{
    KeyStore *store = free_store(self);
    uint64_t hash;
    if (store == NULL || !read_word(argument, &hash)) {
        return NULL;
    }
    if (!store_is_full(store)) {
        return none_or_raise(store, keystore_push(store, hash));
    }
    bool done;
    ((KeyStoreObject *)self)->busy = true;
    Py_BEGIN_ALLOW_THREADS
    done = keystore_push(store, hash);
    Py_END_ALLOW_THREADS
    ((KeyStoreObject *)self)->busy = false;
    return none_or_raise(store, done);
}

static PyObject *extend(PyObject *self, PyObject *argument)
{
    KeyStore *store = free_store(self);
    Py_buffer hashes;
    if (store == NULL || PyObject_GetBuffer(argument, &hashes, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    if (hashes.len % (Py_ssize_t)sizeof(uint64_t)) {
        PyBuffer_Release(&hashes);
        PyErr_SetString(PyExc_ValueError, "hashes of eight bytes each are needed");
        return NULL;
    }
    bool done;
    ((KeyStoreObject *)self)->busy = true;
    Py_BEGIN_ALLOW_THREADS
    done = store_extend(store, hashes.buf, (size_t)hashes.len / sizeof(uint64_t));
    Py_END_ALLOW_THREADS
    ((KeyStoreObject *)self)->busy = false;
    PyBuffer_Release(&hashes);
    return none_or_raise(store, done);
}

static PyObject *set(PyObject *self, PyObject *arguments)
{
    Py_ssize_t row;
    uint64_t hash;
    KeyStore *store = free_store(self);
    if (store == NULL || !PyArg_ParseTuple(arguments, "nO&:set", &row, read_word, &hash)) {
        return NULL;
    }
    if (row < 0 || (uint64_t)row < store->committed || (uint64_t)row >= store_rows(store)) {
        PyErr_Format(PyExc_IndexError, "row %zd is not among the rows since the last commit", row);
        return NULL;
    }
    return none_or_raise(store, store_set(store, (uint64_t)row, hash));
}

static PyObject *commit(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    KeyStore *store = free_store(self);
    if (store == NULL) {
        return NULL;
    }
    store->committed = store_rows(store);
    Py_RETURN_NONE;
}

static PyObject *candidates(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    KeyStore *store = free_store(self);
    PyObject *module = PyType_GetModule(Py_TYPE(self));
    PyObject *iterator = store && module ? candidates_new(module) : NULL;
    if (iterator == NULL) {
        return NULL;
    }
    bool done;
    ((KeyStoreObject *)self)->busy = true;
    Py_BEGIN_ALLOW_THREADS
    done = !store->failure && find_candidates(store, candidates_found(iterator));
    Py_END_ALLOW_THREADS
    ((KeyStoreObject *)self)->busy = false;
    if (!done) {
        Py_DECREF(iterator);
        keystore_raise(store);
        return NULL;
    }
    return iterator;
}

static PyObject *python_hash_bytes(PyObject *module, PyObject *positional, PyObject *named)
{
    static char *names[] = {"data", "seed", NULL};
    (void)module;
    Py_buffer data;
    uint64_t seed = 0;
    if (!PyArg_ParseTupleAndKeywords(positional, named, "y*|O&:hash_bytes", names, &data, read_word, &seed)) {
        return NULL;
    }
    uint64_t hash = hash_bytes(data.buf, (size_t)data.len, seed);
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLongLong(hash);
}

static PyObject *python_hash_combine(PyObject *module, PyObject *arguments)
{
    (void)module;
    uint64_t so_far, part;
    if (!PyArg_ParseTuple(arguments, "O&O&:hash_combine", read_word, &so_far, read_word, &part)) {
        return NULL;
    }
    return PyLong_FromUnsignedLongLong(hash_combine(so_far, part));
}

static PyMethodDef functions[] = {
    {"hash_bytes", (PyCFunction)(void (*)(void))python_hash_bytes, METH_VARARGS | METH_KEYWORDS,
     "hash_bytes(data, seed=0): a well-mixed hash of 64 bits, the same on every machine, never 0."},
    {"hash_combine", python_hash_combine, METH_VARARGS,
     "hash_combine(so_far, part): the hash of a composite key, its parts fed in order; never 0."},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef methods[] = {
    {"push", push, METH_O, "push(hash): append the hash of the next row; 0 for a row that takes no part."},
    {"extend", extend, METH_O, "extend(hashes): append many, given as array('Q') or another buffer of eight bytes each."},
    {"set", set, METH_VARARGS, "set(row, hash): replace the hash of a row pushed since the last commit; IndexError for others."},
    {"commit", commit, METH_NOARGS, "commit(): the rows so far are final."},
    {"candidates", candidates, METH_NOARGS, "candidates(): an iterator over the rows, ascending, whose hash occurs at least twice."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "KeyStore(memory=268435456, folder=None): a hash of eight bytes for each row, and which rows may clash.\n\n"
                "Storing and searching take at most `memory` bytes (and no less than 4096); above that the hashes go to a file\n"
                "without a name in `folder` (the system's folder for such files if None). OSError when that cannot be written."},
    {Py_tp_new, keystore_new},
    {Py_tp_dealloc, keystore_dealloc},
    {Py_tp_methods, methods},
    {Py_sq_length, keystore_length},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "catalog.validation._native.KeyStore", .basicsize = sizeof(KeyStoreObject), .flags = Py_TPFLAGS_DEFAULT, .slots = slots,
};

int keystore_add_type(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    if (type == NULL) {
        return -1;
    }
    int added = PyModule_AddType(module, (PyTypeObject *)type);
    Py_DECREF(type);
    return added < 0 || candidates_add_type(module) < 0 ? -1 : PyModule_AddFunctions(module, functions);
}
