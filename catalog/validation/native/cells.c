/* The verdict on a cell of text: missing, clean, or for frictionless to decide. */
#include "cells_internal.h"

static bool clean_date(const Column *column, const byte *text, size_t n)
{
    Moment moment;
    bool plain = !column->limited && !column->chosen;
    return read_date(column, text, n, &moment) && (plain || scalar_within(column, date_scalar(&moment)));
}

/* Bounds and enum with a time zone say nothing of a value without one, and the other way round. */
static bool clean_moment(const Column *column, const byte *text, size_t n)
{
    Moment moment;
    bool day = column->kind == KIND_DATETIME, plain = !column->limited && !column->chosen;
    if (!(day ? read_datetime : read_time)(column, text, n, &moment)) {
        return false;
    }
    if (plain) {
        return true;
    }
    return moment.aware == column->aware && scalar_within(column, day ? datetime_scalar(&moment) : time_scalar(&moment));
}

static bool clean_number(const Column *column, const byte *text, size_t n)
{
    Number number;
    bool reads = column->kind == KIND_NUMBER ? read_number(column, text, n, &number)
               : column->kind == KIND_INTEGER ? read_integer(column, text, n, &number) : read_year(text, n, &number);
    return reads && number_within(column, number);
}

static bool clean_yearmonth(const Column *column, const byte *text, size_t n)
{
    Number year, month;
    return read_yearmonth(text, n, &year, &month) && scalar_within(column, year.value * 12 + month.value - 1);
}

static bool clean_geopoint(const Column *column, const byte *text, size_t n)
{
    Number longitude, latitude;
    return read_geopoint(text, n, &longitude, &latitude) && in_bounds(&column->bounds, longitude)
        && in_bounds(&column->latitudes, latitude);
}

static bool is_clean(const Column *column, const byte *text, size_t n)
{
    switch (column->kind) {
    case KIND_ANY: case KIND_STRING: return string_within(column, text, n);
    case KIND_UUID: return read_uuid(text, n) && string_within(column, text, n);
    case KIND_INTEGER: case KIND_NUMBER: case KIND_YEAR: return clean_number(column, text, n);
    case KIND_BOOLEAN: return texts_find(&column->texts, text, n) != NULL;
    case KIND_DATE: return clean_date(column, text, n);
    case KIND_DATETIME: case KIND_TIME: return clean_moment(column, text, n);
    case KIND_YEARMONTH: return clean_yearmonth(column, text, n);
    case KIND_GEOPOINT: return clean_geopoint(column, text, n);
    default: return false;
    }
}

Verdict column_check(const Column *column, const byte *text, size_t n)
{
    if (column->kind == KIND_NOTHING) {
        return UNDECIDED;
    }
    if (column->only_empty ? n == 0 : texts_find(&column->missing, text, n) != NULL) {
        return column->on_missing;
    }
    return is_clean(column, text, n) ? CLEAN : UNDECIDED;
}
