/* Keys: eight bytes a row for each unique field and primary key, and which rows may clash. */
#ifndef HAIDANG_KEYS_H
#define HAIDANG_KEYS_H

#include "scan.h"

typedef struct KeyStore KeyStore;

/* A well-mixed 64-bit hash of n bytes; the same on every machine. */
uint64_t hash_bytes(const byte *text, size_t n, uint64_t seed);
/* The hash of a composite key: feed the parts in order. */
uint64_t hash_combine(uint64_t so_far, uint64_t part);

#define HASH_OF_NOTHING UINT64_C(0) /* a row that takes no part: a None in a unique field. No value has this hash. */

/* The store behind the Python object `KeyStore`; NULL with TypeError set for another object. Borrowed. */
KeyStore *keystore_of(PyObject *object);
/* Append the hash of the next row; false when there is no memory or no disk left (no Python exception, needs no GIL). */
bool keystore_push(KeyStore *store, uint64_t hash);
/* Raise what made keystore_push return false: OSError with the folder and the reason, or MemoryError. */
void keystore_raise(const KeyStore *store);

/* The Python types `KeyStore(memory=…, folder=…)` and `Candidates`, the functions `hash_bytes` and `hash_combine`.
 * Returns -1 with an exception set. */
int keystore_add_type(PyObject *module);

#endif
