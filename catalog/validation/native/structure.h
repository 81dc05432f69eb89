/* Structure: where in a block of text the bytes are that may end a cell or a record. */
#ifndef HAIDANG_STRUCTURE_H
#define HAIDANG_STRUCTURE_H

#include "words.h"

#define BLOCK 64 /* bytes that one word of marks stands for */

/* The bytes that matter; fewer than four are given by repeating one. */
typedef struct {
    byte a, b, c, d;
} Needles;

/* Sets bit i % 64 of marks[i / 64] for each i < n where text[i] is one of the needles. marks has (n + 63) / 64 words. */
void structure_mark(const byte *text, size_t n, Needles needles, uint64_t *marks);

/* The same by the portable way alone, whatever this processor has; for tests. */
void structure_mark_portably(const byte *text, size_t n, Needles needles, uint64_t *marks);

#endif
