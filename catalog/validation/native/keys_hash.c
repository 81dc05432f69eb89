/* A hash of bytes: multiply two words of 64 bits, fold the 128 bits of the product.
 *
 * The scheme is that of wyhash (Wang Yi, public domain); the constants are digits of pi. Words are read as
 * little-endian on every machine.
 */
#include "keys.h"

#define PI_1 UINT64_C(0x243f6a8885a308d3)
#define PI_2 UINT64_C(0x13198a2e03707345) /* made odd, as all factors */
#define PI_3 UINT64_C(0xa4093822299f31d1)
#define PI_4 UINT64_C(0x082efa98ec4e6c89)

static inline uint64_t fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 Wide;
    Wide product = (Wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t a_high = a >> 32, a_low = a & UINT32_MAX, b_high = b >> 32, b_low = b & UINT32_MAX;
    uint64_t low = a_low * b_low, cross = a_high * b_low + (low >> 32);
    uint64_t middle = a_low * b_high + (cross & UINT32_MAX);
    uint64_t high = a_high * b_high + (cross >> 32) + (middle >> 32);
    return high ^ (middle << 32 | (low & UINT32_MAX));
#endif
}

/* The compiler knows the answer, so one of the two ways below is all that is left. */
static inline bool is_little_endian(void)
{
    const uint16_t one = 1;
    byte first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static inline uint64_t four(const byte *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return is_little_endian() ? word : (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

static inline uint64_t eight(const byte *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return is_little_endian() ? word : four(p) | four(p + 4) << 32;
}

static inline uint64_t halves_swapped(uint64_t word)
{
    return word << 32 | word >> 32;
}

static inline uint64_t something(uint64_t hash)
{
    return hash == HASH_OF_NOTHING ? PI_4 : hash;
}

uint64_t hash_bytes(const byte *text, size_t n, uint64_t seed)
{
    uint64_t first = 0, last = 0;
    seed = (seed ^ PI_1) * PI_2;
    if (n > 16) {
        const byte *end = text + n, *at = text;
        for (; end - at > 16; at += 16) {
            seed = fold(eight(at) ^ PI_3, eight(at + 8) ^ seed);
        }
        first = eight(end - 16); /* overlaps what was read when n is no multiple of 16 */
        last = eight(end - 8);
    } else if (n >= 8) {
        first = eight(text);
        last = halves_swapped(eight(text + n - 8)); /* or else, at n = 8, swapped factors would collide */
    } else if (n >= 4) {
        first = four(text);
        last = halves_swapped(four(text + n - 4));
    } else if (n > 0) {
        first = (uint64_t)text[0] | (uint64_t)text[n / 2] << 8 | (uint64_t)text[n - 1] << 16;
    }
    return something(fold(PI_4 ^ n, fold(first ^ PI_3, last ^ seed)));
}

uint64_t hash_combine(uint64_t so_far, uint64_t part)
{
    uint64_t mixed = fold(so_far ^ PI_1, part ^ PI_2);
    return something(fold(mixed ^ PI_3, halves_swapped(so_far) ^ PI_4) + part * PI_2);
}
