#include "keys.h"
struct KeyStore { int nothing; };
uint64_t hash_bytes(const byte *text, size_t n, uint64_t seed) { (void)text; (void)n; return seed; }
uint64_t hash_combine(uint64_t so_far, uint64_t part) { return so_far ^ part; }
KeyStore *keystore_of(PyObject *object) { (void)object; PyErr_SetString(PyExc_TypeError, "not a KeyStore"); return NULL; }
bool keystore_push(KeyStore *store, uint64_t hash) { (void)store; (void)hash; return false; }
int keystore_add_type(PyObject *module) { (void)module; return 0; }
