/* Scanner: pushed blocks of text, it tells which rows are not certainly clean. */
#ifndef HAIDANG_SCANNER_H
#define HAIDANG_SCANNER_H

#include "cells.h"
#include "doubts.h"
#include "keys.h"
#include "memo.h"
#include "records.h"
#include "utf8.h"

/* Columns whose texts together are looked for in another table. */
typedef struct {
    size_t *columns;
    size_t count;
    Memo known;
} Group;

/* A unique field or a primary key. */
typedef struct {
    size_t *columns;
    size_t count;
    bool primary; /* all parts None is an error of its own; a part that is None counts */
    KeyStore *store;
} Key;

/* Which records are rows of the table. */
typedef struct {
    uint64_t first;         /* record number of the first row; those before are titles and header */
    byte *comment;          /* a record whose first cell starts so is none */
    size_t comment_length;
    uint64_t *comment_rows; /* ascending */
    size_t comment_count, comment_at;
    bool skip_blank;
} Choice;

typedef struct {
    PyObject_HEAD
    PyObject *held; /* the Python objects behind columns and stores */
    Dialect dialect;
    Choice choice;
    Column **columns;
    Memo *memos; /* one a column */
    size_t learnt; /* bytes that all memos take */
    size_t column_count;
    Group *groups;
    size_t group_count;
    Key *keys;
    size_t key_count;
    bool splitting; /* no columns: every record is reported with its cells */
    PyObject *pick; /* numbers of the rows to report, ascending; NULL: those in doubt */
    uint64_t picked;

    Text text;
    size_t mark_capacity;
    size_t at;      /* where the next record starts */
    size_t patience; /* bytes that must be there before an unfinished record is tried again */
    Record record;
    Utf8 utf8;
    uint64_t records, rows, lines;
    uint64_t sampled, sampled_lines; /* lines up to the record with this number */
    Doubts doubts;
    byte *join; /* the texts of a group, put together */
    size_t join_capacity;
} Scanner;

/* Judge the record just read; false when there is no memory. Needs no GIL unless rows are picked. */
bool scanner_judge(Scanner *scanner, size_t start, size_t end);

/* The texts of a group's columns as one, each with its length before it; false when there is no memory. */
bool scanner_join(Scanner *scanner, const Group *group, size_t *length);

int scanner_add_type(PyObject *module);

#endif
