/* From the plan, a dict made by plan.py, to the column that is applied to each cell. */
#include "cells_internal.h"

static const char *const KINDS[] = {
    "nothing", "unknown", "any", "string", "uuid", "integer", "number", "boolean", "date", "datetime", "time", "year",
    "yearmonth", "geopoint",
};

/* The entry of the plan; NULL, without an exception, where there is none. Borrowed. */
static PyObject *entry(PyObject *plan, const char *name)
{
    return PyDict_GetItemString(plan, name);
}

static bool is_set(PyObject *plan, const char *name)
{
    return entry(plan, name) == Py_True;
}

static int fill_kind(Column *column, PyObject *plan)
{
    PyObject *kind = entry(plan, "kind");
    for (size_t i = 0; kind != NULL && PyUnicode_Check(kind) && i < sizeof KINDS / sizeof *KINDS; i++) {
        if (PyUnicode_CompareWithASCIIString(kind, KINDS[i]) == 0) {
            column->kind = (Kind)i;
            return 0;
        }
    }
    PyErr_SetString(PyExc_ValueError, "a plan names its kind");
    return -1;
}

/* A list of count ints; -1 with an exception set. */
static int fill_integers(PyObject *list, int64_t *values, size_t count)
{
    if (list == NULL || !PyList_Check(list) || (size_t)PyList_Size(list) != count) {
        PyErr_SetString(PyExc_TypeError, "a list of ints is expected");
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = PyLong_AsLongLong(PyList_GetItem(list, (Py_ssize_t)i));
        if (values[i] == -1 && PyErr_Occurred()) {
            return -1;
        }
    }
    return 0;
}

static int fill_bounds(PyObject *pair, Bounds *bounds)
{
    if (!PyTuple_Check(pair) || PyTuple_Size(pair) != 2) {
        PyErr_SetString(PyExc_TypeError, "bounds are two lists");
        return -1;
    }
    if (fill_integers(PyTuple_GetItem(pair, 0), bounds->low, MOST_DIGITS + 1) < 0) {
        return -1;
    }
    return fill_integers(PyTuple_GetItem(pair, 1), bounds->high, MOST_DIGITS + 1);
}

static int fill_floats(Column *column, PyObject *pair)
{
    return PyArg_ParseTuple(pair, "dd", &column->low, &column->high) ? 0 : -1;
}

static int64_t *integers_of(PyObject *list, size_t count)
{
    int64_t *values = PyMem_Malloc((count + 1) * sizeof *values);
    if (values == NULL) {
        PyErr_NoMemory();
    } else if (fill_integers(list, values, count) < 0) {
        PyMem_Free(values);
        return NULL;
    }
    return values;
}

/* choice: the values in order; exponents: those of numbers. */
static int fill_choice(Column *column, PyObject *plan)
{
    PyObject *values = entry(plan, "choice"), *exponents = entry(plan, "exponents");
    if (values == NULL) {
        return 0;
    }
    column->chosen = true;
    if (PyDict_Check(values)) {
        return texts_fill(&column->texts, values);
    }
    if (!PyList_Check(values)) {
        PyErr_SetString(PyExc_TypeError, "a choice is a dict of texts or a list of ints");
        return -1;
    }
    column->choice.count = (size_t)PyList_Size(values);
    column->choice.values = integers_of(values, column->choice.count);
    if (column->choice.values == NULL) {
        return -1;
    }
    if (exponents != NULL) {
        column->choice.exponents = integers_of(exponents, column->choice.count);
    }
    return exponents != NULL && column->choice.exponents == NULL ? -1 : 0;
}

/* Pairs of bytes: the step and its literal. */
static int fill_steps(Column *column, PyObject *steps)
{
    Py_ssize_t size = PyBytes_Size(steps);
    if (size < 0) {
        return -1;
    }
    const char *bytes = PyBytes_AsString(steps);
    column->step_count = (size_t)size / 2;
    column->steps = PyMem_Malloc((size_t)size + 1);
    if (column->steps == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < column->step_count; i++) {
        column->steps[i] = (Step){(byte)bytes[2 * i], (byte)bytes[2 * i + 1]};
    }
    return 0;
}

static int fill_signs(Column *column, PyObject *plan)
{
    PyObject *decimal = entry(plan, "decimal"), *group = entry(plan, "group");
    column->bare = entry(plan, "bare") != Py_False;
    column->floating = is_set(plan, "floating");
    column->decimal = '.';
    if (decimal != NULL) {
        Py_ssize_t size = PyBytes_Size(decimal);
        column->decimal = size == 1 ? (byte)*PyBytes_AsString(decimal) : 0;
    }
    if (group != NULL) {
        Py_ssize_t size = PyBytes_Size(group);
        if (size < 0 || size > (Py_ssize_t)sizeof column->group) {
            PyErr_SetString(PyExc_ValueError, "a group sign is one character");
            return -1;
        }
        memcpy(column->group, PyBytes_AsString(group), (size_t)size);
        column->group_size = (size_t)size;
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int fill_lengths(Column *column, PyObject *plan)
{
    PyObject *shortest = entry(plan, "shortest"), *longest = entry(plan, "longest");
    column->measured = shortest != NULL || longest != NULL;
    column->longest = SIZE_MAX;
    if (shortest != NULL) {
        column->shortest = PyLong_AsSize_t(shortest);
    }
    if (longest != NULL && !PyErr_Occurred()) {
        column->longest = PyLong_AsSize_t(longest);
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int fill_pattern(Column *column, PyObject *pattern)
{
    column->automaton = automaton_of(pattern);
    if (column->automaton == NULL) {
        return -1;
    }
    column->pattern = Py_NewRef(pattern);
    return 0;
}

static int fill_missing(Column *column, PyObject *plan)
{
    PyObject *missing = entry(plan, "missing");
    column->on_missing = is_set(plan, "required") ? UNDECIDED : MISSING;
    column->numeric_missing = is_set(plan, "numeric_missing");
    if (missing == NULL) {
        return 0;
    }
    if (texts_fill(&column->missing, missing) < 0) {
        return -1;
    }
    static const byte empty[BEHIND];
    column->only_empty = PyDict_Size(missing) == 1 && texts_find(&column->missing, empty, 0) != NULL;
    return 0;
}

static int fill_types(Column *column)
{
    PyObject *module = PyImport_ImportModule("datetime");
    if (module == NULL) {
        return -1;
    }
    column->date_type = PyObject_GetAttrString(module, "date");
    column->datetime_type = PyObject_GetAttrString(module, "datetime");
    column->time_type = PyObject_GetAttrString(module, "time");
    Py_DECREF(module);
    return column->date_type && column->datetime_type && column->time_type ? 0 : -1;
}

static int fill_limits(Column *column, PyObject *plan)
{
    PyObject *bounds = entry(plan, "bounds"), *latitudes = entry(plan, "latitudes"), *floats = entry(plan, "floats");
    column->limited = bounds != NULL;
    for (size_t scale = 0; scale <= MOST_DIGITS; scale++) {
        column->bounds.low[scale] = INT64_MIN;
        column->bounds.high[scale] = INT64_MAX;
    }
    if ((bounds && fill_bounds(bounds, &column->bounds) < 0) || (latitudes && fill_bounds(latitudes, &column->latitudes) < 0)) {
        return -1;
    }
    return floats ? fill_floats(column, floats) : 0;
}

/* The quick way of a text: one constraint at most. */
static Quick quick_text(const Column *column)
{
    if (column->chosen + (column->automaton != NULL) + column->measured > 1) {
        return QUICK_NONE;
    }
    return column->chosen ? QUICK_CHOICE : column->automaton ? QUICK_PATTERN : QUICK_LENGTH;
}

/* Called last: it depends on all the rest. */
static Quick quick_way(const Column *column)
{
    bool chosen = column->chosen, plain_point = column->decimal == '.' || column->decimal == ',';
    switch (column->kind) {
    case KIND_ANY:
    case KIND_STRING: return quick_text(column);
    case KIND_BOOLEAN: return QUICK_CHOICE;
    case KIND_INTEGER: return chosen ? QUICK_NONE : QUICK_INTEGER;
    case KIND_NUMBER: return chosen || !plain_point ? QUICK_NONE : QUICK_NUMBER;
    case KIND_YEAR: return chosen ? QUICK_NONE : QUICK_YEAR;
    case KIND_DATE: return chosen || !column->standard ? QUICK_NONE : QUICK_DATE;
    case KIND_DATETIME: return chosen || column->limited || !column->standard ? QUICK_NONE : QUICK_DATETIME;
    case KIND_GEOPOINT: return QUICK_GEOPOINT;
    default: return QUICK_NONE;
    }
}

/* Fill a column whose bytes are all zero; -1 with an exception set. */
int column_plan(Column *column, PyObject *plan)
{
    PyObject *steps = entry(plan, "steps"), *pattern = entry(plan, "automaton"), *spellings = entry(plan, "spellings");
    column->standard = is_set(plan, "standard");
    column->aware = is_set(plan, "aware");
    if (fill_kind(column, plan) < 0 || fill_missing(column, plan) < 0 || fill_choice(column, plan) < 0
        || fill_signs(column, plan) < 0) {
        return -1;
    }
    if (fill_limits(column, plan) < 0 || fill_lengths(column, plan) < 0 || fill_types(column) < 0) {
        return -1;
    }
    if ((steps && fill_steps(column, steps) < 0) || (pattern && fill_pattern(column, pattern) < 0)) {
        return -1;
    }
    if (spellings && column->texts.slots == NULL) {
        column->chosen = is_set(plan, "selected");
        if (texts_fill(&column->texts, spellings) < 0) {
            return -1;
        }
    }
    column->quick = quick_way(column);
    return 0;
}

void column_clear(Column *column)
{
    texts_clear(&column->missing);
    texts_clear(&column->texts);
    PyMem_Free(column->choice.values);
    PyMem_Free(column->choice.exponents);
    PyMem_Free(column->steps);
    Py_CLEAR(column->pattern);
    Py_CLEAR(column->date_type);
    Py_CLEAR(column->datetime_type);
    Py_CLEAR(column->time_type);
}
