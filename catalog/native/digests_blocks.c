/* Both digests in one go. Each step of MD5 waits for the one before it, so most of a processor idles while it is computed;
 * SHA-256 by the processor's own instructions fits into the gaps, four rounds beside four steps, and costs next to nothing.
 */
#include "digests.h"

#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

#define WIDE __attribute__((target("sha,sse4.1"))) static inline

/* floor(2 ** 32 * abs(sin(step))), steps 1 to 64. */
static const uint32_t SINES[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee,
    0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
    0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
    0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
    0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
    0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
    0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039,
    0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
    0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* The first 32 bits behind the point of the cube roots of the first 64 primes. */
_Alignas(16) static const uint32_t ROOTS[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
    0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

bool can_take_blocks(void)
{
    unsigned a, b, c, d;
    bool ssse3 = __get_cpuid(1, &a, &b, &c, &d) && c & bit_SSSE3 && c & bit_SSE4_1;
    return ssse3 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA;
}

static inline uint32_t rotated(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

static inline uint32_t word_at(const byte *block, unsigned number)
{
    uint32_t word;
    memcpy(&word, block + 4 * number, sizeof word); /* this processor's order is MD5's */
    return word;
}

/* Four words of the message schedule from the sixteen before them. */
WIDE __m128i scheduled(__m128i first, __m128i second, __m128i third, __m128i fourth)
{
    __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(first, second), _mm_alignr_epi8(fourth, third, 4));
    return _mm_sha256msg2_epu32(sum, fourth);
}

WIDE __m128i message(const byte *block, unsigned quarter)
{
    const __m128i turned = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203); /* SHA-256 reads big-endian words */
    return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(block + 16 * quarter)), turned);
}

/* One step of MD5: a becomes b + (a + mix(b, c, d) + word + sine) rotated. The parts of a mix that need b come last, for b is
 * what was computed the moment before. */
#define MIX_1(b, c, d) 0, (((c) ^ (d)) & (b)) ^ (d)
#define MIX_2(b, c, d) (c) & ~(d), (b) & (d)
#define MIX_3(b, c, d) 0, (c) ^ (d) ^ (b)
#define MIX_4(b, c, d) 0, (c) ^ ((b) | ~(d))
#define STEP(...) STEP_OF(__VA_ARGS__)
#define STEP_OF(early, late, a, b, number, word, bits) \
    a += SINES[number] + word_at(for_md5, (word) % 16) + (early); \
    a += (late); \
    a = (b) + rotated(a, bits);

#define FOUR_STEPS(mix, n, word, by, s, t, u, v) \
    STEP(mix(b, c, d), a, b, n, word, s) \
    STEP(mix(a, b, c), d, a, n + 1, word + by, t) \
    STEP(mix(d, a, b), c, d, n + 2, word + 2 * by, u) \
    STEP(mix(c, d, a), b, c, n + 3, word + 3 * by, v)

/* Four rounds of SHA-256. */
#define FOUR_ROUNDS(n, words) \
    sum = _mm_add_epi32(words, _mm_load_si128((const __m128i *)(const void *)(ROOTS + (n)))); \
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum); \
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));

/* Sixteen steps beside sixteen rounds; w0 to w3 are the words of the message that the rounds take. */
#define SIXTEEN(mix, n, word, by, s, t, u, v, NEXT) \
    NEXT(w0, w1, w2, w3) FOUR_ROUNDS(n, w0) FOUR_STEPS(mix, n, word, by, s, t, u, v) \
    NEXT(w1, w2, w3, w0) FOUR_ROUNDS(n + 4, w1) FOUR_STEPS(mix, n + 4, word + 4 * by, by, s, t, u, v) \
    NEXT(w2, w3, w0, w1) FOUR_ROUNDS(n + 8, w2) FOUR_STEPS(mix, n + 8, word + 8 * by, by, s, t, u, v) \
    NEXT(w3, w0, w1, w2) FOUR_ROUNDS(n + 12, w3) FOUR_STEPS(mix, n + 12, word + 12 * by, by, s, t, u, v)
#define AS_THEY_ARE(first, second, third, fourth)
#define SCHEDULED(first, second, third, fourth) first = scheduled(first, second, third, fourth);

__attribute__((target("sha,sse4.1"))) void take_blocks(State *state, const byte *for_md5, const byte *for_sha256, size_t count)
{
    uint32_t a = state->md5[0], b = state->md5[1], c = state->md5[2], d = state->md5[3];
    __m128i dcba = _mm_loadu_si128((const __m128i *)(const void *)state->sha256);
    __m128i hgfe = _mm_loadu_si128((const __m128i *)(const void *)(state->sha256 + 4));
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1), efgh = _mm_shuffle_epi32(hgfe, 0x1B);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xF0), sum;
    for (; count; count--, for_md5 += BLOCK, for_sha256 += BLOCK) {
        uint32_t a_before = a, b_before = b, c_before = c, d_before = d;
        __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w0 = message(for_sha256, 0), w1 = message(for_sha256, 1), w2 = message(for_sha256, 2), w3 = message(for_sha256, 3);
        SIXTEEN(MIX_1, 0, 0, 1, 7, 12, 17, 22, AS_THEY_ARE)
        SIXTEEN(MIX_2, 16, 1, 5, 5, 9, 14, 20, SCHEDULED)
        SIXTEEN(MIX_3, 32, 5, 3, 4, 11, 16, 23, SCHEDULED)
        SIXTEEN(MIX_4, 48, 0, 7, 6, 10, 15, 21, SCHEDULED)
        a += a_before;
        b += b_before;
        c += c_before;
        d += d_before;
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    state->md5[0] = a, state->md5[1] = b, state->md5[2] = c, state->md5[3] = d;
    __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)(void *)state->sha256, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(void *)(state->sha256 + 4), _mm_alignr_epi8(dchg, feba, 8));
}
#else
bool can_take_blocks(void)
{
    return false;
}

void take_blocks(State *state, const byte *for_md5, const byte *for_sha256, size_t count)
{
    (void)state, (void)for_md5, (void)for_sha256, (void)count;
}
#endif
