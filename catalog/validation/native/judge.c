/* Judge: is this record certainly a clean row? Where not, what is in question. */
#include "cells_quick.h"
#include "scanner.h"
#include <stdlib.h>

/* Whether the record is a row at all (frictionless' Dialect.read_enumerated_content_stream). */
static bool is_row(Scanner *scanner)
{
    Choice *choice = &scanner->choice;
    const Record *record = &scanner->record;
    if (scanner->records < choice->first) {
        return false;
    }
    if (choice->comment_length && record->count && record->cells[0].length >= choice->comment_length &&
        memcmp(record->cells[0].text, choice->comment, choice->comment_length) == 0) {
        return false;
    }
    while (choice->comment_at < choice->comment_count && choice->comment_rows[choice->comment_at] < scanner->records) {
        choice->comment_at++;
    }
    if (choice->comment_at < choice->comment_count && choice->comment_rows[choice->comment_at] == scanner->records) {
        return false;
    }
    return !(choice->skip_blank && record->empty);
}

/* Verdicts on all cells; doubtful ones are noted. False when there is no memory. *whole: the row must be seen as it is. */
static bool judge_cells(Scanner *scanner, bool *whole)
{
    size_t missing = 0, count = scanner->column_count;
    for (size_t i = 0; i < count; i++) {
        const Cell *cell = &scanner->record.cells[i];
        if (quickly_clean(scanner->columns[i], cell->text, cell->length)) {
            continue;
        }
        Verdict verdict = column_check(scanner->columns[i], cell->text, cell->length);
        missing += verdict == MISSING;
        if (verdict == UNDECIDED && !memo_has(&scanner->memos[i], cell->text, cell->length) &&
            !doubts_add_cell(&scanner->doubts, i, false, cell->text, cell->length)) {
            return false;
        }
    }
    *whole = missing == count; /* a row of nothing is a blank row, whatever its cells say */
    return true;
}

bool scanner_join(Scanner *scanner, const Group *group, size_t *length)
{
    size_t needed = 0, at = 0;
    for (size_t i = 0; i < group->count; i++) {
        needed += scanner->record.cells[group->columns[i]].length + 8;
    }
    if (needed > scanner->join_capacity) {
        byte *grown = realloc(scanner->join, needed * 2);
        if (!grown) {
            return false;
        }
        scanner->join = grown;
        scanner->join_capacity = needed * 2;
    }
    for (size_t i = 0; i < group->count; i++) {
        const Cell *cell = &scanner->record.cells[group->columns[i]];
        for (unsigned shift = 0; shift < 64; shift += 8) {
            scanner->join[at++] = (byte)((uint64_t)cell->length >> shift);
        }
        memcpy(scanner->join + at, cell->text, cell->length);
        at += cell->length;
    }
    *length = at;
    return true;
}

static bool judge_groups(Scanner *scanner)
{
    for (size_t i = 0; i < scanner->group_count; i++) {
        size_t length;
        if (!scanner_join(scanner, &scanner->groups[i], &length)) {
            return false;
        }
        if (!memo_has(&scanner->groups[i].known, scanner->join, length) &&
            !doubts_add_cell(&scanner->doubts, i, true, scanner->join, length)) {
            return false;
        }
    }
    return true;
}

/* The hash of a key in a row whose cells are all CLEAN or MISSING. False where Python has to give it, or object. */
static bool key_hash(const Scanner *scanner, const Key *key, uint64_t *hash)
{
    size_t nothing = 0;
    *hash = 0;
    for (size_t i = 0; i < key->count; i++) {
        const Cell *cell = &scanner->record.cells[key->columns[i]];
        const Column *column = scanner->columns[key->columns[i]];
        uint64_t part = HASH_OF_NOTHING;
        Verdict verdict = column_check(column, cell->text, cell->length);
        if (verdict == UNDECIDED || (verdict == CLEAN && !column_hash(column, cell->text, cell->length, &part))) {
            return false;
        }
        nothing += verdict == MISSING;
        *hash = key->primary ? hash_combine(*hash, part) : part;
    }
    return !(key->primary && nothing == key->count);
}

/* Push a hash for each key; what Python has to hash makes the row doubtful as a whole. */
static bool push_keys(Scanner *scanner, bool in_doubt, bool *whole)
{
    for (size_t i = 0; i < scanner->key_count; i++) {
        uint64_t hash = HASH_OF_NOTHING;
        if (!in_doubt && !key_hash(scanner, &scanner->keys[i], &hash)) {
            *whole = true;
            hash = HASH_OF_NOTHING;
        }
        if (!keystore_push(scanner->keys[i].store, hash)) {
            return false;
        }
    }
    return true;
}

static bool report(Scanner *scanner, size_t start, size_t end, size_t first, bool whole)
{
    if (whole) {
        doubts_drop_cells(&scanner->doubts, first);
    }
    Doubt doubt = {scanner->records, scanner->rows, scanner->lines, start, end, first, scanner->doubts.cell_count - first};
    return doubts_add_row(&scanner->doubts, doubt);
}

static bool report_all_cells(Scanner *scanner, size_t start, size_t end)
{
    size_t first = scanner->doubts.cell_count;
    for (size_t i = 0; i < scanner->record.count && i < scanner->record.room; i++) {
        if (!doubts_add_cell(&scanner->doubts, i, false, scanner->record.cells[i].text, scanner->record.cells[i].length)) {
            return false;
        }
    }
    return report(scanner, start, end, first, false);
}

/* Report the row if it is the next one asked for, and learn which comes after it. */
static bool pick(Scanner *scanner, size_t start, size_t end)
{
    if (scanner->rows != scanner->picked) {
        return true;
    }
    PyObject *next = PyIter_Next(scanner->pick);
    scanner->picked = next ? PyLong_AsUnsignedLongLong(next) : UINT64_MAX;
    Py_XDECREF(next);
    return !PyErr_Occurred() && report(scanner, start, end, scanner->doubts.cell_count, true);
}

bool scanner_judge(Scanner *scanner, size_t start, size_t end)
{
    const Record *record = &scanner->record;
    scanner->records++;
    scanner->lines += record->lines;
    if (scanner->records == scanner->sampled) {
        scanner->sampled_lines = scanner->lines;
    }
    if (scanner->splitting) {
        return report_all_cells(scanner, start, end);
    }
    if (!is_row(scanner)) {
        return true;
    }
    scanner->rows++;
    if (scanner->pick) {
        return pick(scanner, start, end);
    }
    size_t first = scanner->doubts.cell_count;
    bool whole = true;
    if (record->count == scanner->column_count) {
        if (!judge_cells(scanner, &whole) || !judge_groups(scanner)) {
            return false;
        }
    }
    bool in_doubt = whole || scanner->doubts.cell_count > first;
    if (!push_keys(scanner, in_doubt, &whole)) {
        return false;
    }
    /* The first row is always shown: frictionless weighs the limit of errors only after a row. */
    whole = whole || scanner->rows == 1;
    return !(whole || in_doubt) || report(scanner, start, end, first, whole);
}
