/* Cells, the quick way: the spellings that nearly all cells have, eight bytes at a time, with next to no branches.
 *
 * What is not written so need not be wrong; the readers of each type look at it then. Every function here reads some
 * bytes behind the cell (see BEHIND in scan.h).
 */
#ifndef HAIDANG_CELLS_QUICK_H
#define HAIDANG_CELLS_QUICK_H

#include "cells_internal.h"
#include "words.h"

#define ZEROS (EVERY_BYTE * '0')

/* The `count` digits at the front of a word that holds their values, 1 to 8 of them, moved behind zeros. */
static inline uint64_t right_aligned(uint64_t digits, size_t count)
{
    return digits << (64 - 8 * count);
}

/* [-] and one to eight digits. */
static inline bool quick_integer(const byte *text, size_t n, Number *number)
{
    bool negative = *text == '-';
    size_t count = n - negative;
    if (count - 1 > 7) {
        return false;
    }
    uint64_t digits = right_aligned(load_eight(text + negative) ^ ZEROS, count);
    int64_t value = (int64_t)join_digits(digits);
    *number = (Number){negative ? -value : value, 0, true};
    return all_digits(digits, 0);
}

/* [-] and up to eight digits with the decimal sign somewhere between two of them, or nowhere. */
static inline bool quick_number(const byte *text, size_t n, byte point, Number *number)
{
    bool negative = *text == '-';
    size_t count = n - negative;
    if (count - 1 > 8) {
        return false;
    }
    uint64_t word = load_eight(text + negative), ninth = text[negative + 8];
    uint64_t inside = ~UINT64_C(0) >> (64 - 8 * (count < 8 ? count : 8));
    uint64_t points = zero_bytes(word ^ EVERY_BYTE * point) & inside;
    size_t scale = 0;
    if (points) {
        size_t before = lowest_bit(points) / 8;
        if (before == 0 || before + 1 == count) {
            return false;
        }
        uint64_t whole = (UINT64_C(1) << (8 * before)) - 1;
        word = (word & whole) | ((word >> 8 | ninth << 56) & ~whole);
        scale = count - before - 1;
        count--;
    } else if (count > 8) {
        return false;
    }
    uint64_t digits = right_aligned(word ^ ZEROS, count);
    int64_t value = (int64_t)join_digits(digits);
    *number = (Number){negative ? -value : value, (int)scale, true};
    return all_digits(digits, 0);
}

static inline bool quick_bounds(const Bounds *bounds, Number number)
{
    return bounds->low[number.scale] <= number.value && number.value <= bounds->high[number.scale];
}

/* NN?NN?NN with a sign between: the values of the digits, those of the signs 0. */
static inline uint64_t three_pairs(const byte *text, byte sign)
{
    uint64_t instead = (uint64_t)(sign ^ '0');
    return load_eight(text) ^ ZEROS ^ instead << 16 ^ instead << 40;
}

static inline unsigned pair_at(uint64_t digits, unsigned byte_number)
{
    unsigned tens = digits >> (8 * byte_number) & 0xFF, ones = digits >> (8 * byte_number + 8) & 0xFF;
    return tens * 10 + ones;
}

#define SIGNS_OF_PAIRS UINT64_C(0x0000090000090000)

/* YYYY-MM-DD, of a day that every month has, of a year from 1000 on: others are looked at closer. */
static inline bool quick_date(const byte *text, Moment *moment)
{
    uint64_t digits = three_pairs(text + 2, '-');
    unsigned century = (unsigned)(text[0] - '1') * 10 + (unsigned)(text[1] - '0');
    moment->year = (century + 10) * 100 + pair_at(digits, 0);
    moment->month = pair_at(digits, 3);
    moment->day = pair_at(digits, 6);
    bool signs = (byte)(text[0] - '1') < 9 && (byte)(text[1] - '0') < 10 && all_digits(digits, SIGNS_OF_PAIRS);
    return signs && moment->month - 1 < 12 && moment->day - 1 < 28;
}

static inline bool quick_day_within(const Bounds *bounds, const Moment *moment)
{
    int64_t day = date_number(moment);
    return bounds->low[0] <= day && day <= bounds->high[0];
}

/* HH:MM:SS. */
static inline bool quick_time(const byte *text)
{
    uint64_t digits = three_pairs(text, ':');
    return all_digits(digits, SIGNS_OF_PAIRS) && pair_at(digits, 0) < 24 && pair_at(digits, 3) < 60 && pair_at(digits, 6) < 60;
}

/* NUMBER,NUMBER as `quick_number` reads each. */
static inline bool quick_geopoint(const Column *column, const byte *text, size_t n)
{
    uint64_t near = zero_bytes(load_eight(text + 1) ^ EVERY_BYTE * ','), far = zero_bytes(load_eight(text + 8) ^ EVERY_BYTE * ',');
    size_t before = near ? lowest_bit(near) / 8 + 1 : far ? lowest_bit(far) / 8 + 8 : n;
    Number longitude, latitude;
    return before + 1 < n && quick_number(text, before, '.', &longitude) && quick_number(text + before + 1, n - before - 1, '.', &latitude)
        && quick_bounds(&column->bounds, longitude) && quick_bounds(&column->latitudes, latitude);
}

/* YYYY-MM-DD, T or a blank, HH:MM:SS, and Z or nothing. */
static inline bool quick_datetime(const byte *text, size_t n)
{
    Moment moment;
    bool ends = n == 19 || (n == 20 && text[19] == 'Z');
    return ends && (text[10] == 'T' || text[10] == ' ') && quick_date(text, &moment) && quick_time(text + 11);
}

/* Whether the cell is certainly a value within all constraints; false says nothing. */
static inline bool quickly_clean(const Column *column, const byte *text, size_t n)
{
    Number number;
    Moment moment;
    if (column->missing.lengths & length_bit(n)) {
        return false;
    }
    switch (column->quick) {
    case QUICK_INTEGER: return quick_integer(text, n, &number) && quick_bounds(&column->bounds, number);
    case QUICK_NUMBER: return quick_number(text, n, column->decimal, &number) && quick_bounds(&column->bounds, number);
    case QUICK_YEAR: return n == 4 && *text != '-' && quick_integer(text, n, &number) && quick_bounds(&column->bounds, number);
    case QUICK_DATE: return n == 10 && quick_date(text, &moment) && quick_day_within(&column->bounds, &moment);
    case QUICK_DATETIME: return quick_datetime(text, n);
    case QUICK_LENGTH: return n / 4 >= column->shortest && n <= column->longest;
    case QUICK_PATTERN: return automaton_matches(column->automaton, text, n);
    case QUICK_CHOICE: return texts_find(&column->texts, text, n) != NULL;
    case QUICK_GEOPOINT: return quick_geopoint(column, text, n);
    default: return false;
    }
}

#endif
