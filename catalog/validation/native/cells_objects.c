/* The verdict on a cell of a worksheet or document, which may be a value already. */
#include "cells_internal.h"

#define SURE_INTEGER INT64_C(9007199254740992) /* 2 ** 53: up to here a float and the text of it are the same whole number */
#define DISTANCE 1e-9 /* kept between a float and a bound, for the text of a float is not exactly the float */

static Verdict verdict(bool clean)
{
    return clean ? CLEAN : UNDECIDED;
}

Verdict column_check_bare(const Column *column, const byte *text, size_t n)
{
    byte copy[2 * BEHIND] = {0};
    if (n >= BEHIND) {
        return column_check(column, text, n); /* longer ones are not read behind their end */
    }
    memcpy(copy, text, n);
    return column_check(column, copy, n);
}

static Verdict check_text(const Column *column, PyObject *cell)
{
    Py_ssize_t n;
    const char *text = PyUnicode_AsUTF8AndSize(cell, &n);
    if (text == NULL) { /* a lone surrogate, or no memory */
        PyErr_Clear();
        return UNDECIDED;
    }
    return column_check_bare(column, (const byte *)text, (size_t)n);
}

static Verdict check_whole(const Column *column, int64_t value)
{
    Number number = {value, 0, true};
    switch (column->kind) {
    case KIND_ANY: return verdict(!column->chosen);
    case KIND_YEAR: return verdict(value >= 0 && value <= 9999 && number_within(column, number));
    case KIND_NUMBER:
        if (column->chosen && column->floating && (value > SURE_INTEGER || value < -SURE_INTEGER)) {
            return UNDECIDED; /* the enum holds floats by their texts */
        }
        return verdict(number_within(column, number));
    case KIND_INTEGER: return verdict(number_within(column, number));
    default: return UNDECIDED;
    }
}

static Verdict check_int(const Column *column, PyObject *cell)
{
    int too_long = 0;
    if (column->numeric_missing) {
        return UNDECIDED;
    }
    long long value = PyLong_AsLongLongAndOverflow(cell, &too_long);
    if (!too_long) {
        return check_whole(column, value);
    }
    bool plain = !column->limited && !column->chosen;
    return verdict(plain && (column->kind == KIND_ANY || column->kind == KIND_INTEGER || column->kind == KIND_NUMBER));
}

static bool float_within(const Column *column, double value)
{
    if (!column->limited && !column->chosen) {
        return true;
    }
    if (column->chosen || column->low > column->high) {
        return false;
    }
    double margin_low = DISTANCE * (1 + (column->low < 0 ? -column->low : column->low));
    double margin_high = DISTANCE * (1 + (column->high < 0 ? -column->high : column->high));
    return value > column->low + margin_low && value < column->high - margin_high;
}

static Verdict check_float(const Column *column, PyObject *cell)
{
    double value = PyFloat_AsDouble(cell);
    if (column->numeric_missing || !(value - value == 0)) { /* infinite, or not a number */
        return UNDECIDED;
    }
    bool whole = value >= (double)-SURE_INTEGER && value <= (double)SURE_INTEGER && (double)(int64_t)value == value;
    switch (column->kind) {
    case KIND_ANY: return verdict(!column->chosen);
    case KIND_INTEGER: return whole ? check_whole(column, (int64_t)value) : UNDECIDED;
    case KIND_NUMBER: return whole ? check_whole(column, (int64_t)value) : verdict(float_within(column, value));
    default: return UNDECIDED;
    }
}

static Verdict check_truth(const Column *column, bool value)
{
    static const byte names[2][BEHIND] = {"False", "True"};
    if (texts_find(&column->missing, names[value], value ? 4 : 5) != NULL) {
        return UNDECIDED;
    }
    if (column->kind == KIND_ANY) {
        return verdict(!column->chosen);
    }
    return verdict(column->kind == KIND_BOOLEAN && !column->chosen);
}

/* A date, datetime or time as its own type, where neither bounds, nor an enum, nor a text that is missing can matter. */
static Verdict check_moment(const Column *column, PyObject *cell)
{
    PyTypeObject *type = Py_TYPE(cell);
    if (!column->only_empty || column->limited || column->chosen) {
        return UNDECIDED;
    }
    bool date = type == (PyTypeObject *)column->date_type, datetime = type == (PyTypeObject *)column->datetime_type;
    bool time = type == (PyTypeObject *)column->time_type;
    switch (column->kind) {
    case KIND_ANY: return verdict(date || datetime || time);
    case KIND_DATE: return verdict(date);
    case KIND_DATETIME: return verdict(datetime);
    case KIND_TIME: return verdict(time);
    default: return UNDECIDED;
    }
}

/* Subclasses may print themselves as they like, so only the exact types are looked at. */
Verdict column_check_object(const Column *column, PyObject *cell)
{
    if (column->kind == KIND_NOTHING) {
        return UNDECIDED;
    }
    if (cell == Py_None) {
        return column->on_missing; /* whether or not "None" is a missing value */
    }
    if (PyUnicode_CheckExact(cell)) {
        return check_text(column, cell);
    }
    if (PyBool_Check(cell)) {
        return check_truth(column, cell == Py_True);
    }
    if (PyLong_CheckExact(cell)) {
        return check_int(column, cell);
    }
    if (PyFloat_CheckExact(cell)) {
        return check_float(column, cell);
    }
    return check_moment(column, cell);
}
