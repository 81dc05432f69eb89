/* UTF-8, 32 bytes at a time where the processor can, by three look-ups: J. Keiser, D. Lemire, "Validating UTF-8 in less than
 * one instruction per byte" (2021). Each fault of RFC 3629 shows in two bytes that follow one another, or in a third or fourth
 * byte that is missing; the half bytes of those two are looked up, and a bit that is set in all three answers is a fault.
 */
#include "utf8.h"

#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#include <immintrin.h>

enum {
    TOO_SHORT = 1 << 0,  /* a lead, then no continuation */
    TOO_LONG = 1 << 1,   /* ASCII, then a continuation */
    OVERLONG_3 = 1 << 2, /* E0, then below A0 */
    TOO_LARGE = 1 << 3,  /* F4, then above 8F; or F5 to FF */
    SURROGATE = 1 << 4,  /* ED, then above 9F */
    OVERLONG_2 = 1 << 5, /* C0 or C1 */
    OVERLONG_4 = 1 << 6, /* F0, then below 90 */
    TOO_LARGE_80 = 1 << 6, /* F5 to FF, then 80 to 8F */
    TWO_FOLLOW = 1 << 7, /* two continuations: a fault unless a third or fourth byte is due */
    ANY_LOW = TOO_SHORT | TOO_LONG | TWO_FOLLOW, /* faults for which the low half of the first byte says nothing */
};

#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
#define HALF(x) ((char)(x))

__attribute__((target("avx2"))) static inline __m256i faults_of_pairs(__m256i bytes, __m256i before)
{
    const __m256i low_half = _mm256_set1_epi8(0x0F);
    const __m256i by_first_high = TWICE(
        TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
        HALF(TWO_FOLLOW), HALF(TWO_FOLLOW), HALF(TWO_FOLLOW), HALF(TWO_FOLLOW),
        TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
        TOO_SHORT | TOO_LARGE | TOO_LARGE_80 | OVERLONG_4);
    const __m256i by_first_low = TWICE(
        HALF(ANY_LOW | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), HALF(ANY_LOW | OVERLONG_2), HALF(ANY_LOW), HALF(ANY_LOW),
        HALF(ANY_LOW | TOO_LARGE), HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80), HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80),
        HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80), HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80), HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80),
        HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80), HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80), HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80),
        HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80 | SURROGATE), HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80),
        HALF(ANY_LOW | TOO_LARGE | TOO_LARGE_80));
    const __m256i by_second_high = TWICE(
        TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
        HALF(TOO_LONG | OVERLONG_2 | TWO_FOLLOW | OVERLONG_3 | TOO_LARGE_80 | OVERLONG_4),
        HALF(TOO_LONG | OVERLONG_2 | TWO_FOLLOW | OVERLONG_3 | TOO_LARGE),
        HALF(TOO_LONG | OVERLONG_2 | TWO_FOLLOW | SURROGATE | TOO_LARGE),
        HALF(TOO_LONG | OVERLONG_2 | TWO_FOLLOW | SURROGATE | TOO_LARGE),
        TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT);
    __m256i first_high = _mm256_and_si256(_mm256_srli_epi16(before, 4), low_half);
    __m256i second_high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_half);
    __m256i faults = _mm256_and_si256(_mm256_shuffle_epi8(by_first_high, first_high),
                                      _mm256_shuffle_epi8(by_first_low, _mm256_and_si256(before, low_half)));
    return _mm256_and_si256(faults, _mm256_shuffle_epi8(by_second_high, second_high));
}

/* 0x80 where the byte must be the third or the fourth of a sequence: two or three bytes before it is a lead that needs it. */
__attribute__((target("avx2"))) static inline __m256i continuation_due(__m256i two_before, __m256i three_before)
{
    __m256i third = _mm256_subs_epu8(two_before, _mm256_set1_epi8(0xE0 - 0x80));
    __m256i fourth = _mm256_subs_epu8(three_before, _mm256_set1_epi8(0xF0 - 0x80));
    return _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(HALF(0x80)));
}

__attribute__((target("avx2"))) static size_t whole_vectors(const byte *text, size_t n)
{
    __m256i faults = _mm256_setzero_si256(), previous = _mm256_setzero_si256();
    size_t at = 0;
    for (; n - at >= 32; at += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text + at));
        if (_mm256_movemask_epi8(_mm256_or_si256(bytes, previous)) == 0) {
            continue; /* ASCII after ASCII */
        }
        __m256i joined = _mm256_permute2x128_si256(previous, bytes, 0x21);
        __m256i pairs = faults_of_pairs(bytes, _mm256_alignr_epi8(bytes, joined, 15));
        __m256i due = continuation_due(_mm256_alignr_epi8(bytes, joined, 14), _mm256_alignr_epi8(bytes, joined, 13));
        faults = _mm256_or_si256(faults, _mm256_xor_si256(due, pairs));
        previous = bytes;
    }
    return _mm256_testz_si256(faults, faults) ? at : 0;
}

size_t utf8_wide(const byte *text, size_t n)
{
    if (!__builtin_cpu_supports("avx2")) {
        return 0;
    }
    size_t end = whole_vectors(text, n);
    /* Back to the start of the last sequence, of which more may follow. */
    for (size_t back = 1; back <= 3 && back <= end; back++) {
        byte c = text[end - back];
        if (c < 0x80) {
            return end;
        }
        if (c >= 0xC0) {
            return end - back;
        }
    }
    return end;
}
#else
size_t utf8_wide(const byte *text, size_t n)
{
    (void)text;
    (void)n;
    return 0;
}
#endif
