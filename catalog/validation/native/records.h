/* Records: a text split into records and cells exactly as CPython's csv reader splits it. */
#ifndef HAIDANG_RECORDS_H
#define HAIDANG_RECORDS_H

#include "scan.h"

/* What csv.Dialect says, as far as frictionless sets it (formats/csv/control.py, to_python); `strict` is never on. */
typedef struct {
    byte delimiter;
    byte quote;
    byte escape;
    bool has_quote;    /* false: QUOTE_NONE */
    bool has_escape;
    bool double_quote; /* frictionless leaves it on unless there is an escape character */
    bool skip_space;   /* skipinitialspace */
} Dialect;

/* The content of a cell: bytes of the text itself, or of the scratch where quotes had to be taken out. */
typedef struct {
    const byte *text;
    size_t length;
} Cell;

typedef struct {
    Cell *cells;
    size_t room;       /* cells that fit; those beyond are only counted */
    size_t count;      /* 0 for a blank line */
    size_t lines;      /* physical lines that the record spans */
    bool empty;        /* every cell is the empty text */
} Record;

/* Text under reading. `marks` is made by structure_mark over `text` with records_needles. */
typedef struct {
    const byte *text;
    size_t length;
    bool final;        /* nothing follows the text */
    const uint64_t *marks;
    size_t word;       /* where the walk over the marks stands */
    uint64_t bits;
    size_t room;       /* bytes that `text` has memory for, BEHIND not counted */
    byte *scratch;     /* as much again; NULL until one is needed */
    size_t scratch_used;
} Text;

typedef enum { RECORD_READ, RECORD_UNFINISHED, RECORD_NO_MEMORY } RecordResult;

/* The bytes that structure_mark must look for. */
void records_needles(const Dialect *dialect, byte needles[4]);

/* Stand before the byte `at` of the text. */
void text_seek(Text *text, size_t at);

/* Read the record that starts at *at and move *at behind it. The record's cells live until the next call.
 * RECORD_UNFINISHED leaves *at: the end of the record has not arrived yet. */
RecordResult record_read(const Dialect *dialect, Text *text, size_t *at, Record *record);

#endif
