/* Inside the keys: the hashes of all rows in order, in memory or on disk, and the search for those that occur twice. */
#ifndef HAIDANG_KEYS_STORE_H
#define HAIDANG_KEYS_STORE_H

#include "keys.h"

/* Rows [0, flushed) lie in the file, those after them in chunks of equal size, the last of which is the window. */
struct KeyStore {
    uint64_t *window;
    size_t filled, room; /* hashes in the window, and how many it can hold */
    uint64_t **chunks;
    size_t full; /* chunks before the window */
    size_t slots, chunk_rows;
    uint64_t flushed;
    uint64_t committed; /* rows before this one are final */
    size_t memory;      /* the most bytes that storing and searching may take together */
    char *folder;       /* where the file is made when memory is full */
    int file;           /* its descriptor; -1 while all is in memory */
    int failure;        /* the errno that broke the store; 0 while it is whole */
};

#define LEAST_MEMORY ((size_t)4096)

void store_open(KeyStore *store, size_t memory, char *folder);
void store_close(KeyStore *store);
uint64_t store_rows(const KeyStore *store);
/* Whether the next push has to find a new window or to write to the disk. */
bool store_is_full(const KeyStore *store);
/* Replace the hash of a row that is there; false when the disk fails. */
bool store_set(KeyStore *store, uint64_t row, uint64_t hash);
/* Append n hashes; false when there is no memory or no disk left. */
bool store_extend(KeyStore *store, const byte *hashes, size_t n);
/* Some hashes from `row` on; those of the file are read into `room`, of chunk_rows hashes. NULL when the disk fails. */
const uint64_t *store_piece(KeyStore *store, uint64_t row, uint64_t *room, size_t *n);

/* Sort ascending, in place, in linear time whatever the hashes are. */
void sort_hashes(uint64_t *hashes, size_t n);
/* Of sorted hashes keep at most two of each; gives how many are left. */
size_t keep_two_of_each(uint64_t *hashes, size_t n);
/* Of sorted hashes keep one of each that is there twice or more; gives how many are left. */
size_t keep_the_repeated(uint64_t *hashes, size_t n);

/* Which rows may clash: a bit a row, none at all (bits is NULL) when no hash occurs twice. */
typedef struct {
    byte *bits;
    uint64_t rows, count;
} Candidates;

/* Find every row whose hash occurs at least twice; false, with nothing to free, when memory or disk fails. */
bool find_candidates(KeyStore *store, Candidates *found);

/* An iterator over no row, of the module's type Candidates; what it goes over is filled in afterwards. */
PyObject *candidates_new(PyObject *module);
Candidates *candidates_found(PyObject *iterator);
int candidates_add_type(PyObject *module);
/* Free an object of a type made by a specification. */
void keys_free_object(PyObject *self);

#endif
