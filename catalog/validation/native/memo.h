/* Memo: distinct texts that frictionless has already found good; bounded, and told nothing more once full. */
#ifndef HAIDANG_MEMO_H
#define HAIDANG_MEMO_H

#include "scan.h"

typedef struct {
    uint32_t *slots;   /* 1 + the place of an entry, 0 where free; a power of two of them */
    size_t slot_count;
    byte *entries;     /* each: its hash (8 bytes), its length (4 bytes), its text */
    size_t used, capacity, count;
} Memo;

bool memo_has(const Memo *memo, const byte *text, size_t n);
/* Learn a text; false when there is no memory. A full memo stays as it is. */
bool memo_add(Memo *memo, const byte *text, size_t n);
/* The bytes of memory that it takes. */
size_t memo_size(const Memo *memo);
void memo_clear(Memo *memo);

#endif
