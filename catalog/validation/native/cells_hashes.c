/* Hashes of the values of clean cells: equal values hash alike, whatever their spelling; value_hash.py does so in Python. */
#include "cells_internal.h"

#define SURE_INTEGER INT64_C(9007199254740992) /* 2 ** 53: up to here a float is its whole number */

uint64_t scalar_hash(int64_t value, uint64_t seed)
{
    byte parts[8];
    for (int i = 0; i < 8; i++) {
        parts[i] = (byte)((uint64_t)value >> (8 * i));
    }
    uint64_t hash = hash_bytes(parts, sizeof parts, seed);
    return hash == HASH_OF_NOTHING ? 1 : hash;
}

static uint64_t text_hash(const byte *text, size_t n)
{
    uint64_t hash = hash_bytes(text, n, SEED_TEXT);
    return hash == HASH_OF_NOTHING ? 1 : hash;
}

/* A pair of numbers hashes as a tuple: the hashes of its parts in order. */
static bool pair_hash(Number first, Number second, uint64_t *hash)
{
    uint64_t hashes[2];
    byte parts[16];
    if (!number_hash(first, &hashes[0]) || !number_hash(second, &hashes[1])) {
        return false;
    }
    for (int i = 0; i < 16; i++) {
        parts[i] = (byte)(hashes[i / 8] >> (8 * (i % 8)));
    }
    *hash = hash_bytes(parts, sizeof parts, SEED_TUPLE);
    *hash += *hash == HASH_OF_NOTHING;
    return true;
}

/* Of floats only the small whole numbers: two other spellings may round to the same float. */
static bool float_hash(Number number, uint64_t *hash)
{
    if (number.scale != 0 || number.value > SURE_INTEGER || number.value < -SURE_INTEGER) {
        return false;
    }
    return number_hash(number, hash);
}

static bool hash_number(const Column *column, const byte *text, size_t n, uint64_t *hash)
{
    Number number;
    if (column->kind == KIND_INTEGER) {
        return read_integer(column, text, n, &number) && number_hash(number, hash);
    }
    if (!read_number(column, text, n, &number)) {
        return false;
    }
    return column->floating ? float_hash(number, hash) : number_hash(number, hash);
}

static bool hash_moment(const Column *column, const byte *text, size_t n, uint64_t *hash)
{
    Moment moment;
    if (column->kind == KIND_DATE) {
        if (!read_date(column, text, n, &moment)) {
            return false;
        }
        *hash = scalar_hash(date_number(&moment), SEED_DATE);
    } else if (column->kind == KIND_DATETIME) {
        if (!read_datetime(column, text, n, &moment)) {
            return false;
        }
        *hash = scalar_hash(datetime_scalar(&moment), moment.aware ? SEED_AWARE_DATETIME : SEED_DATETIME);
    } else {
        if (!read_time(column, text, n, &moment)) {
            return false;
        }
        *hash = scalar_hash(time_scalar(&moment), moment.aware ? SEED_AWARE_TIME : SEED_TIME);
    }
    return true;
}

static bool hash_boolean(const Column *column, const byte *text, size_t n, uint64_t *hash)
{
    const KnownText *found = texts_find(&column->texts, text, n);
    if (found == NULL) {
        return false;
    }
    *hash = scalar_hash(found->value, SEED_INTEGER);
    return true;
}

bool column_hash(const Column *column, const byte *text, size_t n, uint64_t *hash)
{
    Number first, second;
    switch (column->kind) {
    case KIND_ANY: case KIND_STRING: case KIND_UUID: *hash = text_hash(text, n); return true;
    case KIND_INTEGER: case KIND_NUMBER: return hash_number(column, text, n, hash);
    case KIND_YEAR: return read_year(text, n, &first) && number_hash(first, hash);
    case KIND_BOOLEAN: return hash_boolean(column, text, n, hash);
    case KIND_DATE: case KIND_DATETIME: case KIND_TIME: return hash_moment(column, text, n, hash);
    case KIND_YEARMONTH: return read_yearmonth(text, n, &first, &second) && pair_hash(first, second, hash);
    case KIND_GEOPOINT: return read_geopoint(text, n, &first, &second) && pair_hash(first, second, hash);
    default: return false;
    }
}
