/* Records, the quick way: from one marked byte to the next, for texts that quote as they should.
 *
 * What is not written as expected (text after a closing quote, an escape character in the dialect) is read by
 * records_states.c instead, so that this file may stay simple.
 */
#include "records_internal.h"
#include "structure.h"
#include <stdlib.h>

#define NOWHERE SIZE_MAX

void records_needles(const Dialect *dialect, byte needles[4])
{
    needles[0] = dialect->delimiter;
    needles[1] = dialect->has_quote ? dialect->quote : dialect->delimiter;
    needles[2] = '\n';
    needles[3] = '\r';
}

void text_seek(Text *text, size_t at)
{
    text->word = at / BLOCK;
    text->bits = text->word * BLOCK < text->length ? text->marks[text->word] & (~UINT64_C(0) << (at % BLOCK)) : 0;
}

bool text_scratch(Text *text)
{
    if (!text->scratch) {
        text->scratch = calloc(text->room + BEHIND, 1);
    }
    return text->scratch != NULL;
}

/* The walk over the marks of a text, held in registers while a record is read. */
typedef struct {
    const byte *text;
    size_t length;
    const uint64_t *marks;
    size_t word, words;
    uint64_t bits;
    bool final;
} Walk;

static inline Walk walk_from(const Text *text)
{
    return (Walk){text->text, text->length, text->marks, text->word, (text->length + BLOCK - 1) / BLOCK, text->bits, text->final};
}

/* The place of the next marked byte. */
static inline size_t next_mark(Walk *walk)
{
    while (!walk->bits) {
        if (++walk->word >= walk->words) {
            return NOWHERE;
        }
        walk->bits = walk->marks[walk->word];
    }
    size_t at = walk->word * BLOCK + lowest_bit(walk->bits);
    walk->bits &= walk->bits - 1;
    return at;
}

typedef enum { CELL_ENDS, RECORD_ENDS, NOT_YET, NOT_SIMPLE, NO_MEMORY } Step;

/* What the byte at `end` means for the cell before it; moves *at behind it (behind a whole CR LF). */
static inline Step step_over(const Dialect *dialect, Walk *walk, size_t end, size_t *at)
{
    if (end >= walk->length) {
        *at = walk->length;
        return walk->final ? RECORD_ENDS : NOT_YET;
    }
    byte c = walk->text[end];
    *at = end + 1;
    if (c == dialect->delimiter) {
        return CELL_ENDS;
    }
    if (c == '\r') {
        if (*at == walk->length && !walk->final) {
            return NOT_YET; /* a line feed may follow */
        }
        if (*at < walk->length && walk->text[*at] == '\n') {
            next_mark(walk);
            *at += 1;
        }
    }
    return RECORD_ENDS;
}

/* A cell without quotes at its start; quotes further on are content. */
static inline Step bare_cell(const Dialect *dialect, Walk *walk, size_t *at, Record *record)
{
    size_t start = *at, end;
    do {
        end = next_mark(walk);
    } while (end != NOWHERE && dialect->has_quote && walk->text[end] == dialect->quote);
    if (end == NOWHERE) {
        end = walk->length;
    }
    Step step = step_over(dialect, walk, end, at);
    if (step != NOT_YET) {
        record_add(record, walk->text + start, end - start);
    }
    return step;
}

/* The content of a quoted cell that holds doubled quotes: one of each two stays. */
static bool undouble(byte quote, Text *text, size_t start, size_t end, Record *record)
{
    if (!text_scratch(text)) {
        return false;
    }
    byte *content = text->scratch + text->scratch_used;
    const byte *from = text->text + start, *behind = text->text + end, *found;
    size_t length = 0;
    while ((found = memchr(from, quote, (size_t)(behind - from)))) {
        size_t kept = (size_t)(found - from) + 1;
        memcpy(content + length, from, kept);
        length += kept;
        from = found + 2;
    }
    memcpy(content + length, from, (size_t)(behind - from));
    length += (size_t)(behind - from);
    text->scratch_used += length;
    record_add(record, content, length);
    return true;
}

/* The place of the quote that closes the cell, or NOWHERE; whether quotes within it are doubled. */
static inline size_t closing_quote(byte quote, Walk *walk, Record *record, bool *doubled)
{
    for (;;) {
        size_t end = next_mark(walk);
        if (end == NOWHERE) {
            return NOWHERE;
        }
        byte c = walk->text[end];
        if (c == quote) {
            if (end + 1 >= walk->length) {
                return walk->final ? end : NOWHERE;
            }
            if (walk->text[end + 1] != quote) {
                return end;
            }
            next_mark(walk);
            *doubled = true;
        } else if (c == '\r') {
            record->lines += end + 1 < walk->length && walk->text[end + 1] == '\n' ? 0 : 1;
        } else if (c == '\n') {
            record->lines++;
        }
    }
}

/* A cell that begins with a quote; *at stands behind the quote, whose mark has been passed. */
static inline Step quoted_cell(const Dialect *dialect, Walk *walk, Text *text, size_t *at, Record *record)
{
    size_t start = *at;
    bool doubled = false;
    size_t end = closing_quote(dialect->quote, walk, record, &doubled);
    if (end == NOWHERE) {
        return walk->final ? NOT_SIMPLE : NOT_YET; /* a quote that nothing closes */
    }
    if (end + 1 < walk->length) {
        byte after = walk->text[end + 1];
        if (after != dialect->delimiter && after != '\n' && after != '\r') {
            return NOT_SIMPLE;
        }
        next_mark(walk);
    }
    Step step = step_over(dialect, walk, end + 1, at);
    if (step == NOT_YET) {
        return step;
    }
    if (doubled) {
        return undouble(dialect->quote, text, start, end, record) ? step : NO_MEMORY;
    }
    record_add(record, walk->text + start, end - start);
    return step;
}

static inline Step any_cell(const Dialect *dialect, Walk *walk, Text *text, size_t *at, Record *record)
{
    if (dialect->skip_space) {
        while (*at < walk->length && walk->text[*at] == ' ') {
            ++*at;
        }
    }
    if (*at >= walk->length && !walk->final) {
        return NOT_YET;
    }
    if (dialect->has_quote && *at < walk->length && walk->text[*at] == dialect->quote) {
        next_mark(walk);
        ++*at;
        return quoted_cell(dialect, walk, text, at, record);
    }
    return bare_cell(dialect, walk, at, record);
}

/* The common case in one tight loop: bare cells that a delimiter ends. Stops before any other cell. */
static inline void plain_cells(byte delimiter, Walk *walk, size_t *at, Record *record)
{
    Cell *cells = record->cells;
    size_t start = *at, count = record->count, room = record->room, longest = 0;
    while (count < room) {
        while (!walk->bits && walk->word + 1 < walk->words) {
            walk->bits = walk->marks[++walk->word];
        }
        if (!walk->bits) {
            break;
        }
        size_t end = walk->word * BLOCK + lowest_bit(walk->bits);
        if (walk->text[end] != delimiter) {
            break;
        }
        walk->bits &= walk->bits - 1;
        cells[count].text = walk->text + start;
        cells[count].length = end - start;
        longest |= end - start;
        count++;
        start = end + 1;
    }
    record->count = count;
    record->empty = record->empty && !longest;
    *at = start;
}

static void begin(Text *text, Record *record)
{
    text->scratch_used = 0;
    record->count = 0;
    record->lines = 1;
    record->empty = true;
}

/* A line of nothing is a record of no cells. */
static bool blank_line(Text *text, size_t *at, RecordResult *result)
{
    byte c = text->text[*at];
    if (c != '\n' && c != '\r') {
        return false;
    }
    if (c == '\r' && *at + 1 == text->length && !text->final) {
        *result = RECORD_UNFINISHED;
        return true;
    }
    *at += c == '\r' && *at + 1 < text->length && text->text[*at + 1] == '\n' ? 2 : 1;
    text_seek(text, *at);
    *result = RECORD_READ;
    return true;
}

RecordResult record_read(const Dialect *dialect, Text *text, size_t *at, Record *record)
{
    size_t here = *at;
    RecordResult result;
    begin(text, record);
    if (blank_line(text, at, &result)) {
        return result;
    }
    Step step = NOT_SIMPLE;
    if (!dialect->has_escape) {
        Walk walk = walk_from(text);
        do {
            if (!dialect->skip_space) {
                plain_cells(dialect->delimiter, &walk, &here, record);
            }
            step = any_cell(dialect, &walk, text, &here, record);
        } while (step == CELL_ENDS);
        text->word = walk.word;
        text->bits = walk.bits;
    }
    switch (step) {
    case RECORD_ENDS:
        *at = here;
        return RECORD_READ;
    case NOT_YET:
        return RECORD_UNFINISHED;
    case NO_MEMORY:
        return RECORD_NO_MEMORY;
    default:
        begin(text, record);
        result = record_read_by_states(dialect, text, at, record);
        text_seek(text, *at);
        return result;
    }
}
