/* UTF-8 as RFC 3629 has it and Python decodes it: no overlong form, no surrogate, nothing beyond U+10FFFF. */
#include "utf8.h"
#include "words.h"

static inline bool follows(byte c)
{
    return (c & 0xC0) == 0x80;
}

/* The length of the sequence that starts with `lead`, or 0 where none can. */
static inline unsigned length_of(byte lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return 0;
    }
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* Whether the second byte suits the first: it rules out overlong forms, surrogates and what is beyond U+10FFFF. */
static inline bool second_suits(byte lead, byte second)
{
    switch (lead) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default: return follows(second);
    }
}

static inline bool whole_sequence(const byte *text, unsigned length)
{
    return second_suits(text[0], text[1]) && (length < 3 || follows(text[2])) && (length < 4 || follows(text[3]));
}

/* Complete the held sequence from the block; the number of bytes taken, or -1 where it cannot be completed validly. */
static int complete(Utf8 *state, const byte *text, size_t n)
{
    unsigned length = length_of(state->held[0]);
    int taken = 0;
    while (state->count < length && (size_t)taken < n) {
        state->held[state->count++] = text[taken++];
    }
    if (state->count < length) {
        return taken;
    }
    state->count = 0;
    return whole_sequence(state->held, length) ? taken : -1;
}

/* The place of the next byte that is not ASCII, n where there is none. */
static inline size_t skip_ascii(const byte *text, size_t at, size_t n)
{
    while (n - at >= 8) {
        uint64_t high = load_eight(text + at) & HIGH_BITS;
        if (high) {
            return at + lowest_bit(high) / 8;
        }
        at += 8;
    }
    while (at < n && text[at] < 0x80) {
        at++;
    }
    return at;
}

bool utf8_valid(Utf8 *state, const byte *text, size_t n, bool final)
{
    size_t at = 0;
    if (state->count) {
        int taken = complete(state, text, n);
        if (taken < 0) {
            return false;
        }
        at = (size_t)taken;
    }
    at += utf8_wide(text + at, n - at);
    while ((at = skip_ascii(text, at, n)) < n) {
        unsigned length = length_of(text[at]);
        if (!length) {
            return false;
        }
        if (n - at < length) {
            state->count = (unsigned)(n - at);
            memcpy(state->held, text + at, n - at);
            break;
        }
        if (!whole_sequence(text + at, length)) {
            return false;
        }
        at += length;
    }
    return !(final && state->count);
}
