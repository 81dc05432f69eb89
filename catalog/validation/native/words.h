/* Words: eight bytes of text at a time, as numbers whose lowest byte is the first, on any machine. */
#ifndef HAIDANG_WORDS_H
#define HAIDANG_WORDS_H

#include "scan.h"

#define EVERY_BYTE UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Compilers make one load of it where they can. */
static inline uint64_t load_eight(const byte *text)
{
    return (uint64_t)text[0] | (uint64_t)text[1] << 8 | (uint64_t)text[2] << 16 | (uint64_t)text[3] << 24 |
           (uint64_t)text[4] << 32 | (uint64_t)text[5] << 40 | (uint64_t)text[6] << 48 | (uint64_t)text[7] << 56;
}

/* The first n < 8 bytes of a word, zeros behind them. */
static inline uint64_t first_bytes(uint64_t word, size_t n)
{
    return word & ((UINT64_C(1) << (8 * n)) - 1);
}

/* 0x80 in each byte of word that is zero, 0 in the others; exact, no carry crosses a byte. */
static inline uint64_t zero_bytes(uint64_t word)
{
    return ~(((word & ~HIGH_BITS) + ~HIGH_BITS) | word | ~HIGH_BITS);
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

/* Eight decimal digits, their values 0 to 9 in the bytes, the first one most significant: the number they are.
 * Pairs of digits are joined, then pairs of pairs, then the halves. */
static inline uint64_t join_digits(uint64_t digits)
{
    uint64_t pairs = (digits * (10 * 256 + 1) >> 8) & UINT64_C(0x00FF00FF00FF00FF);
    uint64_t fours = (pairs * (100 * 65536 + 1) >> 16) & UINT64_C(0x0000FFFF0000FFFF);
    return fours * (UINT64_C(10000) * 4294967296 + 1) >> 32;
}

/* Whether every byte is at most 9; `exact` has 0x09 in the bytes that must be 0 themselves, 0 in the others. */
static inline bool all_digits(uint64_t digits, uint64_t exact)
{
    return !(((digits + EVERY_BYTE * 0x76 + exact) | digits) & HIGH_BITS);
}

#endif
