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

/* The place of the next marked byte. */
static inline size_t next_mark(Text *text)
{
    size_t words = (text->length + BLOCK - 1) / BLOCK;
    while (!text->bits) {
        if (++text->word >= words) {
            return NOWHERE;
        }
        text->bits = text->marks[text->word];
    }
    size_t at = text->word * BLOCK + lowest_bit(text->bits);
    text->bits &= text->bits - 1;
    return at;
}

typedef enum { CELL_ENDS, RECORD_ENDS, NOT_YET, NOT_SIMPLE, NO_MEMORY } Step;

/* What the byte at `end` means for the cell before it; moves *at behind it (behind a whole CR LF). */
static inline Step step_over(const Dialect *dialect, Text *text, size_t end, size_t *at)
{
    if (end >= text->length) {
        *at = text->length;
        return text->final ? RECORD_ENDS : NOT_YET;
    }
    byte c = text->text[end];
    *at = end + 1;
    if (c == dialect->delimiter) {
        return CELL_ENDS;
    }
    if (c == '\r') {
        if (*at == text->length && !text->final) {
            return NOT_YET; /* a line feed may follow */
        }
        if (*at < text->length && text->text[*at] == '\n') {
            next_mark(text);
            *at += 1;
        }
    }
    return RECORD_ENDS;
}

/* A cell without quotes at its start; quotes further on are content. */
static inline Step bare_cell(const Dialect *dialect, Text *text, size_t *at, Record *record)
{
    size_t start = *at, end;
    do {
        end = next_mark(text);
    } while (end != NOWHERE && dialect->has_quote && text->text[end] == dialect->quote);
    if (end == NOWHERE) {
        end = text->length;
    }
    Step step = step_over(dialect, text, end, at);
    if (step != NOT_YET) {
        record_add(record, text->text + start, end - start);
    }
    return step;
}

/* The content of a quoted cell that holds doubled quotes: one of each two stays. */
static Step undouble(const Dialect *dialect, Text *text, size_t start, size_t end, Record *record)
{
    if (!text_scratch(text)) {
        return NO_MEMORY;
    }
    byte *content = text->scratch + text->scratch_used;
    size_t length = 0;
    for (size_t i = start; i < end; i++) {
        content[length++] = text->text[i];
        if (text->text[i] == dialect->quote) {
            i++;
        }
    }
    text->scratch_used += length;
    record_add(record, content, length);
    return CELL_ENDS;
}

/* A cell that begins with a quote; *at stands behind the quote, whose mark has been passed. */
static Step quoted_cell(const Dialect *dialect, Text *text, size_t *at, Record *record)
{
    size_t start = *at, end;
    bool doubled = false;
    for (;;) {
        end = next_mark(text);
        if (end == NOWHERE) {
            return text->final ? NOT_SIMPLE : NOT_YET; /* a quote that nothing closes */
        }
        byte c = text->text[end];
        if (c == '\r') {
            record->lines += end + 1 < text->length && text->text[end + 1] == '\n' ? 0 : 1;
        } else if (c == '\n') {
            record->lines++;
        } else if (c == dialect->quote) {
            if (end + 1 >= text->length) {
                if (!text->final) {
                    return NOT_YET;
                }
                break;
            }
            if (text->text[end + 1] != dialect->quote) {
                break;
            }
            next_mark(text);
            doubled = true;
        }
    }
    if (end + 1 < text->length) {
        byte after = text->text[end + 1];
        if (after != dialect->delimiter && after != '\n' && after != '\r') {
            return NOT_SIMPLE;
        }
        next_mark(text);
    }
    Step step = step_over(dialect, text, end + 1, at);
    if (step == NOT_YET) {
        return step;
    }
    if (doubled) {
        return undouble(dialect, text, start, end, record) == NO_MEMORY ? NO_MEMORY : step;
    }
    record_add(record, text->text + start, end - start);
    return step;
}

static inline Step any_cell(const Dialect *dialect, Text *text, size_t *at, Record *record)
{
    if (dialect->skip_space) {
        while (*at < text->length && text->text[*at] == ' ') {
            ++*at;
        }
    }
    if (*at >= text->length && !text->final) {
        return NOT_YET;
    }
    if (dialect->has_quote && *at < text->length && text->text[*at] == dialect->quote) {
        next_mark(text);
        ++*at;
        return quoted_cell(dialect, text, at, record);
    }
    return bare_cell(dialect, text, at, record);
}

/* The common case in one tight loop: bare cells that a delimiter ends. Stops before any other cell. */
static inline void plain_cells(const Dialect *dialect, Text *text, size_t *at, Record *record)
{
    const byte *bytes = text->text;
    const byte delimiter = dialect->delimiter;
    size_t start = *at, count = record->count, word = text->word, words = (text->length + BLOCK - 1) / BLOCK;
    uint64_t bits = text->bits;
    size_t longest = 0;
    while (count < record->room) {
        while (!bits && word + 1 < words) {
            bits = text->marks[++word];
        }
        if (!bits) {
            break;
        }
        size_t end = word * BLOCK + lowest_bit(bits);
        if (bytes[end] != delimiter) {
            break;
        }
        bits &= bits - 1;
        record->cells[count].text = bytes + start;
        record->cells[count].length = end - start;
        longest |= end - start;
        count++;
        start = end + 1;
    }
    text->word = word;
    text->bits = bits;
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
        do {
            if (!dialect->skip_space) {
                plain_cells(dialect, text, &here, record);
            }
            step = any_cell(dialect, text, &here, record);
        } while (step == CELL_ENDS);
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
