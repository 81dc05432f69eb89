/* Cells that are numbers: integer, number, year, yearmonth and geopoint, their bounds and their enums. */
#include "cells_internal.h"

#define LONGEST_NUMBER 600 /* bytes; CPython may refuse to read an int of more than 640 digits */

static const int64_t POWERS[MOST_DIGITS + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
    10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
};

typedef struct { const byte *at, *end; } Cursor;

static inline bool is_digit(byte c)
{
    return (byte)(c - '0') < 10;
}

static inline bool at_digit(const Cursor *cursor)
{
    return cursor->at < cursor->end && is_digit(*cursor->at);
}

static inline bool at_byte(const Cursor *cursor, byte c)
{
    return cursor->at < cursor->end && *cursor->at == c;
}

/* Read the digits at the cursor into `value`, modulo 2 ** 64; the number of digits. */
static inline size_t take_digits(Cursor *cursor, uint64_t *value)
{
    const byte *start = cursor->at;
    uint64_t so_far = *value;
    while (at_digit(cursor)) {
        so_far = so_far * 10 + (uint64_t)(*cursor->at++ - '0');
    }
    *value = so_far;
    return (size_t)(cursor->at - start);
}

/* The blanks that str.strip() surely takes away. */
static inline Cursor stripped(const byte *text, size_t n)
{
    Cursor cursor = {text, text + n};
    while (cursor.at < cursor.end && (*cursor.at == ' ' || *cursor.at == '\t')) {
        cursor.at++;
    }
    while (cursor.at < cursor.end && (cursor.end[-1] == ' ' || cursor.end[-1] == '\t')) {
        cursor.end--;
    }
    return cursor;
}

static inline bool take_sign(Cursor *cursor)
{
    if (cursor->at < cursor->end && (*cursor->at == '-' || *cursor->at == '+')) {
        return *cursor->at++ == '-';
    }
    return false;
}

/* The size of the character at the cursor where it is certain that \d of `re` does not match it: ASCII but for the digits,
 * U+0080 to U+027F, the Latin letters U+1E00 to U+1EFF, the currencies U+20A0 to U+20CF. Else 0. */
static size_t non_digit(const Cursor *cursor)
{
    byte c = *cursor->at;
    size_t left = (size_t)(cursor->end - cursor->at);
    if (c < 0x80) {
        return is_digit(c) ? 0 : 1;
    }
    if (c >= 0xC2 && c <= 0xC9) {
        return left >= 2 ? 2 : 0;
    }
    if (left < 3) {
        return 0;
    }
    byte second = cursor->at[1], third = cursor->at[2];
    bool latin = c == 0xE1 && second >= 0xB8 && second <= 0xBB;
    bool currency = c == 0xE2 && ((second == 0x82 && third >= 0xA0) || (second == 0x83 && third <= 0x8F));
    return latin || currency ? 3 : 0;
}

/* What bareNumber: false takes away in front: [^-\d]*. False when it is not certain or no number follows at once. */
static bool skip_prefix(Cursor *cursor, bool *negative)
{
    while (cursor->at < cursor->end && *cursor->at != '-' && !is_digit(*cursor->at)) {
        size_t size = non_digit(cursor);
        if (size == 0) {
            return false;
        }
        cursor->at += size;
    }
    *negative = at_byte(cursor, '-');
    cursor->at += *negative;
    return at_digit(cursor);
}

/* What bareNumber: false takes away behind: \D*$. False when it is not certain that only that is left. */
static bool skip_suffix(Cursor *cursor)
{
    while (cursor->at < cursor->end) {
        size_t size = non_digit(cursor);
        if (size == 0) {
            return false;
        }
        cursor->at += size;
    }
    return true;
}

static inline void settle(Number *number, uint64_t value, size_t digits, bool negative)
{
    number->exact = digits <= MOST_DIGITS;
    number->value = !number->exact ? 0 : negative ? -(int64_t)value : (int64_t)value;
}

/* The spellings that nearly all numbers have, in one tight loop: [-]digits[.digits], where `point` is the decimal sign or 0.
 * False where it is written in any other way, which need not be wrong. */
static inline bool plain_number(const byte *text, size_t n, byte point, Number *number)
{
    bool negative = n && text[0] == '-';
    const byte *at = text + negative, *end = text + n, *behind = NULL;
    if (at == end || end - at > MOST_DIGITS || !is_digit(*at) || !is_digit(end[-1])) {
        return false;
    }
    uint64_t value = 0;
    for (; at < end; at++) {
        byte digit = (byte)(*at - '0');
        if (digit < 10) {
            value = value * 10 + digit;
        } else if (point && *at == point && !behind) {
            behind = at + 1;
        } else {
            return false;
        }
    }
    number->value = negative ? -(int64_t)value : (int64_t)value;
    number->scale = behind ? (int)(end - behind) : 0;
    number->exact = true;
    return true;
}

bool read_integer(const Column *column, const byte *text, size_t n, Number *number)
{
    if (plain_number(text, n, 0, number)) {
        return true;
    }
    Cursor cursor = stripped(text, n);
    bool negative = false;
    uint64_t value = 0;
    if (column->bare) {
        negative = take_sign(&cursor);
    } else if (!skip_prefix(&cursor, &negative)) {
        return false;
    }
    size_t digits = take_digits(&cursor, &value);
    if (digits == 0 || digits > LONGEST_NUMBER || (cursor.at != cursor.end && (column->bare || !skip_suffix(&cursor)))) {
        return false;
    }
    settle(number, value, digits, negative);
    number->scale = 0;
    return true;
}

/* Whether groupChar stands here between two digits. */
static inline bool at_group(const Column *column, const Cursor *cursor)
{
    size_t size = column->group_size;
    bool room = size && (size_t)(cursor->end - cursor->at) > size;
    return room && memcmp(cursor->at, column->group, size) == 0 && is_digit(cursor->at[size]);
}

/* [eE][+-]?\d{1,4}, or nothing. */
static int take_exponent(Cursor *cursor)
{
    Cursor ahead = *cursor;
    if (!at_byte(&ahead, 'e') && !at_byte(&ahead, 'E')) {
        return 0;
    }
    ahead.at++;
    bool negative = take_sign(&ahead);
    uint64_t value = 0;
    size_t digits = take_digits(&ahead, &value);
    if (digits == 0 || digits > 4) {
        return 0; /* the caller finds the letter still there */
    }
    *cursor = ahead;
    return negative ? -(int)value : (int)value;
}

/* \d*[.\d*][exponent] with at least one digit, the groups taken out of the whole part. */
static bool take_number(const Column *column, Cursor *cursor, bool negative, Number *number)
{
    uint64_t value = 0;
    size_t digits = take_digits(cursor, &value), decimals = 0;
    while (digits && at_group(column, cursor)) {
        cursor->at += column->group_size;
        digits += take_digits(cursor, &value);
    }
    if (column->decimal && at_byte(cursor, column->decimal)) {
        cursor->at++;
        decimals = take_digits(cursor, &value);
    }
    digits += decimals;
    if (digits == 0 || digits > LONGEST_NUMBER) {
        return false;
    }
    settle(number, value, digits, negative);
    number->scale = (int)decimals - take_exponent(cursor);
    return true;
}

bool read_number(const Column *column, const byte *text, size_t n, Number *number)
{
    if (plain_number(text, n, column->decimal, number)) {
        return true;
    }
    Cursor cursor = stripped(text, n);
    bool negative = false;
    if (column->bare) {
        negative = take_sign(&cursor);
    } else if (!skip_prefix(&cursor, &negative)) {
        return false;
    }
    return take_number(column, &cursor, negative, number) && (cursor.at == cursor.end || (!column->bare && skip_suffix(&cursor)));
}

/* "lon,lat", each as Decimal reads it. */
bool read_geopoint(const byte *text, size_t n, Number *longitude, Number *latitude)
{
    static const Column plain = {.decimal = '.', .bare = true};
    const byte *comma = n ? memchr(text, ',', n) : NULL;
    if (comma == NULL) {
        return false;
    }
    size_t before = (size_t)(comma - text);
    return read_number(&plain, text, before, longitude) && read_number(&plain, comma + 1, n - before - 1, latitude);
}

bool read_year(const byte *text, size_t n, Number *number)
{
    Cursor cursor = {text, text + n};
    uint64_t value = 0;
    *number = (Number){0, 0, true};
    if (n != 4 || take_digits(&cursor, &value) != 4) {
        return false;
    }
    number->value = (int64_t)value;
    return true;
}

bool read_yearmonth(const byte *text, size_t n, Number *year, Number *month)
{
    Cursor cursor = {text, text + n};
    uint64_t years = 0, months = 0;
    size_t digits = take_digits(&cursor, &years);
    if (digits == 0 || digits > 9 || !at_byte(&cursor, '-')) {
        return false;
    }
    cursor.at++;
    digits = take_digits(&cursor, &months);
    *year = (Number){(int64_t)years, 0, true};
    *month = (Number){(int64_t)months, 0, true};
    return digits >= 1 && digits <= 2 && cursor.at == cursor.end && months >= 1 && months <= 12;
}

/* Bring the scale between 0 and MOST_DIGITS; false where that is not possible. */
static bool rescaled(Number *number)
{
    if (!number->exact) {
        return false;
    }
    if (number->value == 0) {
        number->scale = 0;
    }
    int up = -number->scale;
    if (up > 0) {
        if (up > MOST_DIGITS || number->value > POWERS[MOST_DIGITS - up] || number->value < -POWERS[MOST_DIGITS - up]) {
            return false;
        }
        number->value *= POWERS[up];
        number->scale = 0;
    }
    return number->scale <= MOST_DIGITS;
}

bool in_bounds(const Bounds *bounds, Number number)
{
    return rescaled(&number) && bounds->low[number.scale] <= number.value && number.value <= bounds->high[number.scale];
}

/* Take the trailing zeros of the value into the scale, so that equal numbers have equal parts. */
static void simplify(Number *number)
{
    if (number->value == 0) {
        number->scale = 0;
        return;
    }
    while (number->value % 10 == 0) {
        number->value /= 10;
        number->scale--;
    }
}

static bool chosen(const Selection *choice, int64_t value, int64_t exponent)
{
    size_t low = 0, high = choice->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t other = choice->values[middle], power = choice->exponents ? choice->exponents[middle] : 0;
        if (other == value && power == exponent) {
            return true;
        }
        if (other < value || (other == value && power < exponent)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

bool number_within(const Column *column, Number number)
{
    if (column->limited && !in_bounds(&column->bounds, number)) {
        return false;
    }
    if (!column->chosen) {
        return true;
    }
    if (!number.exact) {
        return false;
    }
    simplify(&number);
    return chosen(&column->choice, number.value, -(int64_t)number.scale);
}

bool scalar_within(const Column *column, int64_t value)
{
    if (column->limited && (value < column->bounds.low[0] || value > column->bounds.high[0])) {
        return false;
    }
    return !column->chosen || chosen(&column->choice, value, 0);
}

/* Whole numbers below 10 ** 18 by their value, others by what `simplify` leaves: int, Decimal, bool and float hash alike. */
bool number_hash(Number number, uint64_t *hash)
{
    if (!number.exact) {
        return false;
    }
    simplify(&number);
    Number whole = number;
    if (number.scale <= 0 && rescaled(&whole) && whole.value < POWERS[MOST_DIGITS] && whole.value > -POWERS[MOST_DIGITS]) {
        *hash = scalar_hash(whole.value, SEED_INTEGER);
        return true;
    }
    byte parts[16];
    uint64_t value = (uint64_t)number.value, exponent = (uint64_t)-(int64_t)number.scale;
    for (int i = 0; i < 8; i++) {
        parts[i] = (byte)(value >> (8 * i));
        parts[8 + i] = (byte)(exponent >> (8 * i));
    }
    *hash = hash_bytes(parts, sizeof parts, SEED_DECIMAL);
    *hash += *hash == HASH_OF_NOTHING;
    return true;
}
