/* Structure: where in a block of text the bytes are that may end a cell or a record. */
#ifndef HAIDANG_STRUCTURE_H
#define HAIDANG_STRUCTURE_H

#include "scan.h"

#define BLOCK 64 /* bytes that one word of marks stands for */

/* The bytes that matter; fewer than four are given by repeating one. */
typedef struct {
    byte a, b, c, d;
} Needles;

/* Sets bit i % 64 of marks[i / 64] for each i < n where text[i] is one of the needles. marks has (n + 63) / 64 words. */
void structure_mark(const byte *text, size_t n, Needles needles, uint64_t *marks);

/* The same by the portable way alone, whatever this processor has; for tests. */
void structure_mark_portably(const byte *text, size_t n, Needles needles, uint64_t *marks);

/* Eight bytes as a number whose lowest byte is the first, on any machine; compilers make one load of it where they can. */
static inline uint64_t load_eight(const byte *text)
{
    return (uint64_t)text[0] | (uint64_t)text[1] << 8 | (uint64_t)text[2] << 16 | (uint64_t)text[3] << 24 |
           (uint64_t)text[4] << 32 | (uint64_t)text[5] << 40 | (uint64_t)text[6] << 48 | (uint64_t)text[7] << 56;
}

/* The number of zeros below the lowest set bit; word must not be 0. */
static inline unsigned lowest_bit(uint64_t word)
{
#if defined(__GNUC__) || defined(__clang__)
    return (unsigned)__builtin_ctzll(word);
#else
    unsigned at = 0;
    while (!(word & 1)) {
        word >>= 1;
        at++;
    }
    return at;
#endif
}

#endif
