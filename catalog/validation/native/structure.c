/* Structure: one bit for each byte that matters. Eight bytes at a time in plain C; 32 at a time where the processor can. */
#include "structure.h"

#define GATHER UINT64_C(0x0102040810204080)

/* Bit i set where byte i of word is a needle. */
static inline uint64_t eight_marks(uint64_t word, Needles needles)
{
    uint64_t found = zero_bytes(word ^ EVERY_BYTE * needles.a) | zero_bytes(word ^ EVERY_BYTE * needles.b) | zero_bytes(word ^ EVERY_BYTE * needles.c) |
                     zero_bytes(word ^ EVERY_BYTE * needles.d);
    return (found >> 7) * GATHER >> 56;
}

static uint64_t mark_block(const byte *text, Needles needles)
{
    uint64_t marks = 0;
    for (unsigned i = 0; i < BLOCK / 8; i++) {
        marks |= eight_marks(load_eight(text + 8 * i), needles) << (8 * i);
    }
    return marks;
}

static uint64_t mark_rest(const byte *text, size_t n, Needles needles)
{
    uint64_t marks = 0;
    for (size_t i = 0; i < n; i++) {
        byte c = text[i];
        if (c == needles.a || c == needles.b || c == needles.c || c == needles.d) {
            marks |= UINT64_C(1) << i;
        }
    }
    return marks;
}

void structure_mark_portably(const byte *text, size_t n, Needles needles, uint64_t *marks)
{
    size_t whole = n / BLOCK;
    for (size_t i = 0; i < whole; i++) {
        marks[i] = mark_block(text + BLOCK * i, needles);
    }
    if (n % BLOCK) {
        marks[whole] = mark_rest(text + BLOCK * whole, n % BLOCK, needles);
    }
}

#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static inline uint64_t thirty_two_marks(const byte *text, Needles needles)
{
    __m256i word = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i first = _mm256_or_si256(_mm256_cmpeq_epi8(word, _mm256_set1_epi8((char)needles.a)),
                                    _mm256_cmpeq_epi8(word, _mm256_set1_epi8((char)needles.b)));
    __m256i second = _mm256_or_si256(_mm256_cmpeq_epi8(word, _mm256_set1_epi8((char)needles.c)),
                                     _mm256_cmpeq_epi8(word, _mm256_set1_epi8((char)needles.d)));
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(first, second));
}

__attribute__((target("avx2"))) static void mark_wide(const byte *text, size_t n, Needles needles, uint64_t *marks)
{
    size_t whole = n / BLOCK;
    for (size_t i = 0; i < whole; i++) {
        const byte *at = text + BLOCK * i;
        marks[i] = thirty_two_marks(at, needles) | thirty_two_marks(at + 32, needles) << 32;
    }
    if (n % BLOCK) {
        marks[whole] = mark_rest(text + BLOCK * whole, n % BLOCK, needles);
    }
}

void structure_mark(const byte *text, size_t n, Needles needles, uint64_t *marks)
{
    if (__builtin_cpu_supports("avx2")) {
        mark_wide(text, n, needles, marks);
    } else {
        structure_mark_portably(text, n, needles, marks);
    }
}
#else
void structure_mark(const byte *text, size_t n, Needles needles, uint64_t *marks)
{
    structure_mark_portably(text, n, needles, marks);
}
#endif
