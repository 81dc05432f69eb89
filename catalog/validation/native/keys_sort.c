/* Sorting hashes in place: by their leading digits first (McIlroy, Bostic, McIlroy, "Engineering Radix Sort", 1993). */
#include "keys_store.h"

#define FEW 40       /* below, insertion is faster than counting digits */
#define MANY 65536   /* from here on, wide digits */
#define WIDE_DIGIT 11
#define DIGIT 8

static void sort_few(uint64_t *hashes, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t hash = hashes[i];
        size_t at = i;
        for (; at > 0 && hashes[at - 1] > hash; at--) {
            hashes[at] = hashes[at - 1];
        }
        hashes[at] = hash;
    }
}

/* Put each hash into the part of its digit, (hash >> shift) & (parts - 1); end[d] tells afterwards where part d ends. */
static void distribute(uint64_t *hashes, size_t n, int shift, size_t parts, size_t *next, size_t *end)
{
    memset(end, 0, parts * sizeof *end);
    for (size_t i = 0; i < n; i++) {
        end[hashes[i] >> shift & (parts - 1)]++;
    }
    for (size_t digit = 0, start = 0; digit < parts; digit++) {
        next[digit] = start;
        start += end[digit];
        end[digit] = start;
    }
    for (size_t part = 0; part < parts; part++) {
        while (next[part] < end[part]) {
            uint64_t hash = hashes[next[part]];
            size_t digit;
            while ((digit = hash >> shift & (parts - 1)) != part) {
                uint64_t other = hashes[next[digit]];
                hashes[next[digit]++] = hash;
                hash = other;
            }
            hashes[next[part]++] = hash;
        }
    }
}

/* Sort hashes that differ in their lowest `bits` bits only. Each level takes a digit off, so it ends after at most eight. */
static void sort_below(uint64_t *hashes, size_t n, int bits)
{
    if (n <= FEW) {
        sort_few(hashes, n);
        return;
    }
    if (bits <= 0) {
        return;
    }
    size_t next[1 << DIGIT], end[1 << DIGIT];
    int shift = bits > DIGIT ? bits - DIGIT : 0;
    distribute(hashes, n, shift, (size_t)1 << (bits - shift), next, end);
    for (size_t digit = 0, start = 0; digit < (size_t)1 << (bits - shift); start = end[digit++]) {
        sort_below(hashes + start, end[digit] - start, shift);
    }
}

void sort_hashes(uint64_t *hashes, size_t n)
{
    if (n < MANY) {
        sort_below(hashes, n, 64);
        return;
    }
    size_t next[1 << WIDE_DIGIT], end[1 << WIDE_DIGIT];
    distribute(hashes, n, 64 - WIDE_DIGIT, (size_t)1 << WIDE_DIGIT, next, end);
    for (size_t digit = 0, start = 0; digit < (size_t)1 << WIDE_DIGIT; start = end[digit++]) {
        sort_below(hashes + start, end[digit] - start, 64 - WIDE_DIGIT);
    }
}

size_t keep_two_of_each(uint64_t *hashes, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept < 2 || hashes[kept - 2] != hashes[i]) {
            hashes[kept++] = hashes[i];
        }
    }
    return kept;
}

size_t keep_the_repeated(uint64_t *hashes, size_t n)
{
    size_t kept = 0;
    for (size_t i = 1; i < n; i++) {
        if (hashes[i] == hashes[i - 1] && (kept == 0 || hashes[kept - 1] != hashes[i])) {
            hashes[kept++] = hashes[i];
        }
    }
    return kept;
}
