/* The verdict on a cell of text: missing, clean, or for frictionless to decide. */
#include "cells_quick.h"

static bool clean_date(const Column *column, const byte *text, size_t n)
{
    Moment moment;
    bool plain = !column->limited && !column->chosen;
    return read_date(column, text, n, &moment) && (plain || scalar_within(column, date_number(&moment)));
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
    return read_number(column, text, n, &number) && number_within(column, number);
}

static bool clean_integer(const Column *column, const byte *text, size_t n)
{
    Number number;
    return read_integer(column, text, n, &number) && number_within(column, number);
}

static bool clean_year(const Column *column, const byte *text, size_t n)
{
    Number number;
    return read_year(text, n, &number) && number_within(column, number);
}

static bool clean_boolean(const Column *column, const byte *text, size_t n)
{
    return texts_find(&column->texts, text, n) != NULL;
}

static bool clean_uuid(const Column *column, const byte *text, size_t n)
{
    return read_uuid(text, n) && string_within(column, text, n);
}

static bool never_clean(const Column *column, const byte *text, size_t n)
{
    (void)column;
    (void)text;
    (void)n;
    return false;
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

/* A call through a table keeps column_check itself small: it is where every cell comes by. */
static bool (*const CLEAN_AS[])(const Column *, const byte *, size_t) = {
    [KIND_NOTHING] = never_clean, [KIND_UNKNOWN] = never_clean, [KIND_ANY] = string_within, [KIND_STRING] = string_within,
    [KIND_UUID] = clean_uuid, [KIND_INTEGER] = clean_integer, [KIND_NUMBER] = clean_number, [KIND_BOOLEAN] = clean_boolean,
    [KIND_DATE] = clean_date, [KIND_DATETIME] = clean_moment, [KIND_TIME] = clean_moment, [KIND_YEAR] = clean_year,
    [KIND_YEARMONTH] = clean_yearmonth, [KIND_GEOPOINT] = clean_geopoint,
};

Verdict column_check(const Column *column, const byte *text, size_t n)
{
    if (quickly_clean(column, text, n)) {
        return CLEAN;
    }
    if (column->only_empty ? n == 0 : texts_find(&column->missing, text, n) != NULL) {
        return column->kind == KIND_NOTHING ? UNDECIDED : column->on_missing;
    }
    return CLEAN_AS[column->kind](column, text, n) ? CLEAN : UNDECIDED;
}
