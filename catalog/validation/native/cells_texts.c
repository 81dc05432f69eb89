/* Cells that are texts: lengths in characters, sets of texts, identifiers. */
#include "cells_internal.h"
#include "words.h"

/* The text with its first and its last eight bytes as words, zeros where it is shorter. */
static inline KnownText worded(const byte *text, size_t n)
{
    KnownText worded = {.at = text, .n = n};
    if (n < 8) {
        worded.first = first_bytes(load_eight(text), n);
    } else {
        worded.first = load_eight(text);
        worded.last = load_eight(text + n - 8);
    }
    return worded;
}

/* A quick mix of the length and the words; all bytes of long texts. Only used within the process. */
static inline size_t mix(const KnownText *text)
{
    if (text->n > 16) {
        return (size_t)hash_bytes(text->at, text->n, 0);
    }
    uint64_t mixed = (text->first ^ (text->last << 29 | text->last >> 35) ^ text->n) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed ^ mixed >> 32);
}

const KnownText *texts_find(const TextSet *set, const byte *text, size_t n)
{
    if (!(set->lengths & length_bit(n))) {
        return NULL;
    }
    KnownText wanted = worded(text, n);
    for (size_t slot = mix(&wanted) & set->mask;; slot = (slot + 1) & set->mask) {
        const KnownText *found = &set->slots[slot];
        if (found->at == NULL) {
            return NULL;
        }
        if (found->n == n && found->first == wanted.first && found->last == wanted.last && (n <= 16 || memcmp(found->at, text, n) == 0)) {
            return found;
        }
    }
}

static void insert(TextSet *set, const byte *at, size_t n, long value)
{
    KnownText text = worded(at, n);
    text.value = value;
    size_t slot = mix(&text) & set->mask;
    while (set->slots[slot].at != NULL) {
        slot = (slot + 1) & set->mask;
    }
    set->slots[slot] = text;
    set->lengths |= length_bit(n);
}

/* The bytes of all keys, one after the other; -1 with an exception set when one is not bytes. */
static Py_ssize_t total_size(PyObject *mapping)
{
    Py_ssize_t at = 0, total = 1;
    PyObject *key, *value;
    while (PyDict_Next(mapping, &at, &key, &value)) {
        Py_ssize_t size = PyBytes_Size(key);
        if (size < 0) {
            return -1;
        }
        total += size;
    }
    return total;
}

/* Fill the set from a dict of bytes to ints; -1 with an exception set. */
int texts_fill(TextSet *set, PyObject *mapping)
{
    size_t room = 4;
    Py_ssize_t total = PyDict_Check(mapping) ? total_size(mapping) : -1, at = 0;
    if (total < 0) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_TypeError, "a dict of bytes is expected");
        }
        return -1;
    }
    while (room < (size_t)PyDict_Size(mapping) * 2) {
        room *= 2;
    }
    set->slots = PyMem_Calloc(room, sizeof(KnownText));
    set->bytes = PyMem_Calloc((size_t)total + BEHIND, 1);
    set->mask = room - 1;
    if (set->slots == NULL || set->bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    byte *free_bytes = set->bytes;
    PyObject *key, *value;
    while (PyDict_Next(mapping, &at, &key, &value)) {
        size_t n = (size_t)PyBytes_Size(key);
        long meaning = PyLong_AsLong(value);
        if (meaning == -1 && PyErr_Occurred()) {
            return -1;
        }
        memcpy(free_bytes, PyBytes_AsString(key), n);
        insert(set, free_bytes, n, meaning);
        free_bytes += n;
    }
    return 0;
}

void texts_clear(TextSet *set)
{
    PyMem_Free(set->slots);
    PyMem_Free(set->bytes);
    *set = (TextSet){NULL, 0, NULL, 0};
}

/* How many characters n bytes of UTF-8 are. */
static size_t characters(const byte *text, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += (text[i] & 0xC0) != 0x80;
    }
    return count;
}

static bool length_within(const Column *column, const byte *text, size_t n)
{
    if (n < column->shortest) {
        return false;
    }
    if (n / 4 >= column->shortest && n <= column->longest) {
        return true; /* a character has one to four bytes */
    }
    size_t length = characters(text, n);
    return column->shortest <= length && length <= column->longest;
}

bool string_within(const Column *column, const byte *text, size_t n)
{
    if (column->measured && !length_within(column, text, n)) {
        return false;
    }
    if (column->chosen && texts_find(&column->texts, text, n) == NULL) {
        return false;
    }
    return column->automaton == NULL || automaton_matches(column->automaton, text, n);
}

static bool is_hex(byte c)
{
    return (byte)(c - '0') < 10 || (byte)((c | 0x20) - 'a') < 6;
}

/* The canonical form, 8-4-4-4-12 hexadecimal digits, that uuid.UUID surely reads. */
bool read_uuid(const byte *text, size_t n)
{
    if (n != 36) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) {
            return false;
        }
    }
    return true;
}
