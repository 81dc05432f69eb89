/* What the parts of the cells share: the column as its plan describes it, and the readers of each type.
 *
 * A plan is made by plan.py from what frictionless' own readers answer; the parts here only apply it to bytes.
 */
#ifndef HAIDANG_CELLS_INTERNAL_H
#define HAIDANG_CELLS_INTERNAL_H

#include "automaton.h"
#include "cells.h"
#include "keys.h"

/* The seeds keep values of different types apart; value_hash.py has the same numbers. */
enum { SEED_INTEGER = 1, SEED_DECIMAL = 2, SEED_TEXT = 4, SEED_DATE = 5, SEED_DATETIME = 6, SEED_AWARE_DATETIME = 7,
       SEED_TIME = 8, SEED_AWARE_TIME = 9, SEED_TUPLE = 10 };

#define MOST_DIGITS 18 /* every number of that many digits fits an int64_t */

typedef enum {
    KIND_NOTHING, /* not even missing values are certain */
    KIND_UNKNOWN, /* only missing values are certain */
    KIND_ANY, KIND_STRING, KIND_UUID, KIND_INTEGER, KIND_NUMBER, KIND_BOOLEAN, KIND_DATE, KIND_DATETIME, KIND_TIME, KIND_YEAR,
    KIND_YEARMONTH, KIND_GEOPOINT,
} Kind;

/* How nearly all cells of the column can be found clean (cells_quick.h); QUICK_NONE where there is no such way. */
typedef enum {
    QUICK_NONE, QUICK_LENGTH, QUICK_CHOICE, QUICK_PATTERN, QUICK_INTEGER, QUICK_NUMBER, QUICK_YEAR, QUICK_DATE, QUICK_DATETIME,
    QUICK_GEOPOINT,
} Quick;

/* One text of a set, its first and its last eight bytes, and what it stands for. */
typedef struct { const byte *at; size_t n; uint64_t first, last; long value; } KnownText;

/* Texts found by their bytes: open addressing, never full. Without slots when it is empty. */
typedef struct { KnownText *slots; size_t mask; byte *bytes; uint64_t lengths; } TextSet;

/* value * 10 ** -scale, where `exact`; else only the syntax is known. */
typedef struct { int64_t value; int scale; bool exact; } Number;

/* The lowest and the highest value for each scale: a number of scale s is within when low[s] <= value <= high[s]. */
typedef struct { int64_t low[MOST_DIGITS + 1], high[MOST_DIGITS + 1]; } Bounds;

/* The values of an enum, in order; exponents only for numbers (value * 10 ** exponent, the value without trailing zeros). */
typedef struct { int64_t *values, *exponents; size_t count; } Selection;

/* A day and a time of day; `aware` when the offset from UTC is known. */
typedef struct {
    unsigned year, month, day, hour, minute, second, micro;
    bool aware;
    int offset; /* minutes */
} Moment;

/* One step of a strptime format: a directive's letter, ' ' for white space, or '=' for the byte `literal`. */
typedef struct { byte step, literal; } Step;

struct Column {
    PyObject_HEAD
    Kind kind;
    Quick quick;
    Verdict on_missing;   /* MISSING, or UNDECIDED when the field is required */
    bool only_empty;      /* the empty text alone is missing */
    bool numeric_missing; /* the text of some number is missing */
    TextSet missing;
    bool limited;         /* there are bounds */
    bool chosen;          /* there is an enum */
    TextSet texts;        /* the enum of a string; the spellings of a boolean */
    Selection choice;
    Bounds bounds;        /* of everything, where there are none; also the longitudes of a geopoint */
    Bounds latitudes;
    double low, high;     /* the same as `bounds` for floats, to be kept at a distance */
    size_t shortest, longest;
    bool measured;        /* there is a least or a greatest length */
    PyObject *pattern;    /* the Python object that owns `automaton` */
    Automaton *automaton;
    bool bare, floating;  /* bareNumber, floatNumber */
    byte decimal;         /* decimalChar; 0 when there can be none */
    byte group[4];        /* groupChar */
    size_t group_size;
    bool aware;           /* bounds and enum have a time zone */
    bool standard;        /* the default format of dates and times */
    Step *steps;
    size_t step_count;
    PyObject *date_type, *datetime_type, *time_type;
};

/* The bit of `lengths` that a text of n bytes sets; texts of 63 bytes and more share the last one. */
static inline uint64_t length_bit(size_t n)
{
    return UINT64_C(1) << (n < 63 ? n : 63);
}

/* A number that grows with the day. */
static inline int64_t date_number(const Moment *moment)
{
    return (int64_t)moment->year * 10000 + moment->month * 100 + moment->day;
}

/* cells_texts.c; a text to be found has BEHIND bytes behind it */
const KnownText *texts_find(const TextSet *set, const byte *text, size_t n);
int texts_fill(TextSet *set, PyObject *mapping);
void texts_clear(TextSet *set);
bool string_within(const Column *column, const byte *text, size_t n);
bool read_uuid(const byte *text, size_t n);

/* cells_numbers.c */
bool read_integer(const Column *column, const byte *text, size_t n, Number *number);
bool read_number(const Column *column, const byte *text, size_t n, Number *number);
bool read_geopoint(const byte *text, size_t n, Number *longitude, Number *latitude);
bool read_year(const byte *text, size_t n, Number *number);
bool read_yearmonth(const byte *text, size_t n, Number *year, Number *month);
bool number_within(const Column *column, Number number);
bool in_bounds(const Bounds *bounds, Number number);
bool scalar_within(const Column *column, int64_t value);
bool number_hash(Number number, uint64_t *hash);

/* cells_times.c */
bool read_date(const Column *column, const byte *text, size_t n, Moment *moment);
bool read_datetime(const Column *column, const byte *text, size_t n, Moment *moment);
bool read_time(const Column *column, const byte *text, size_t n, Moment *moment);
int64_t datetime_scalar(const Moment *moment);
int64_t time_scalar(const Moment *moment);

/* cells_hashes.c */
uint64_t scalar_hash(int64_t value, uint64_t seed);

/* cells_objects.c: the verdict on a text that has nothing behind it */
Verdict column_check_bare(const Column *column, const byte *text, size_t n);

/* cells_plan.c */
int column_plan(Column *column, PyObject *plan);
void column_clear(Column *column);

#endif
