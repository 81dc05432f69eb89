/* Records, the exact way: the states of CPython's Modules/_csv.c (parse_process_char), one byte after the other.
 *
 * The reader is fed physical lines by frictionless; the end of a line is an event of its own there (EOL), and here.
 */
#include "records_internal.h"

typedef enum {
    START_RECORD,
    START_FIELD,
    ESCAPED_CHAR,
    IN_FIELD,
    IN_QUOTED_FIELD,
    ESCAPE_IN_QUOTED_FIELD,
    QUOTE_IN_QUOTED_FIELD,
    EAT_CRNL,
    AFTER_ESCAPED_CRNL,
} State;

#define END_OF_LINE (-1)

typedef struct {
    const Dialect *dialect;
    Record *record;
    State state;
    byte *content; /* of the cell so far */
    size_t length;
} Reader;

static void save(Reader *reader)
{
    record_add(reader->record, reader->content, reader->length);
    reader->content += reader->length;
    reader->length = 0;
}

static void add(Reader *reader, int c)
{
    reader->content[reader->length++] = (byte)c;
}

static bool is_newline(int c)
{
    return c == '\n' || c == '\r' || c == END_OF_LINE;
}

static bool is_quote(const Dialect *dialect, int c)
{
    return dialect->has_quote && c == dialect->quote;
}

static bool is_escape(const Dialect *dialect, int c)
{
    return dialect->has_escape && c == dialect->escape;
}

static void end_cell_at_newline(Reader *reader, int c)
{
    save(reader);
    reader->state = c == END_OF_LINE ? START_RECORD : EAT_CRNL;
}

static void start_field(Reader *reader, int c)
{
    const Dialect *dialect = reader->dialect;
    if (is_newline(c)) {
        end_cell_at_newline(reader, c);
    } else if (is_quote(dialect, c)) {
        reader->state = IN_QUOTED_FIELD;
    } else if (is_escape(dialect, c)) {
        reader->state = ESCAPED_CHAR;
    } else if (c == ' ' && dialect->skip_space) {
        reader->state = START_FIELD;
    } else if (c == dialect->delimiter) {
        save(reader);
        reader->state = START_FIELD;
    } else {
        add(reader, c);
        reader->state = IN_FIELD;
    }
}

static void in_field(Reader *reader, int c)
{
    if (is_newline(c)) {
        end_cell_at_newline(reader, c);
    } else if (is_escape(reader->dialect, c)) {
        reader->state = ESCAPED_CHAR;
    } else if (c == reader->dialect->delimiter) {
        save(reader);
        reader->state = START_FIELD;
    } else {
        add(reader, c); /* the state stays: after an escaped line end, that is what CPython does too */
    }
}

static void in_quoted_field(Reader *reader, int c)
{
    if (c == END_OF_LINE) {
        return;
    }
    if (is_escape(reader->dialect, c)) {
        reader->state = ESCAPE_IN_QUOTED_FIELD;
    } else if (is_quote(reader->dialect, c)) {
        reader->state = reader->dialect->double_quote ? QUOTE_IN_QUOTED_FIELD : IN_FIELD;
    } else {
        add(reader, c);
    }
}

static void quote_in_quoted_field(Reader *reader, int c)
{
    if (is_quote(reader->dialect, c)) {
        add(reader, c);
        reader->state = IN_QUOTED_FIELD;
    } else if (c == reader->dialect->delimiter) {
        save(reader);
        reader->state = START_FIELD;
    } else if (is_newline(c)) {
        end_cell_at_newline(reader, c);
    } else {
        add(reader, c);
        reader->state = IN_FIELD;
    }
}

static void escaped(Reader *reader, int c, State after)
{
    if (after == IN_FIELD && (c == '\n' || c == '\r')) {
        add(reader, c);
        reader->state = AFTER_ESCAPED_CRNL;
        return;
    }
    add(reader, c == END_OF_LINE ? '\n' : c);
    reader->state = after;
}

static void process(Reader *reader, int c)
{
    switch (reader->state) {
    case START_RECORD:
        if (c == END_OF_LINE) {
            return; /* an empty line */
        }
        if (c == '\n' || c == '\r') {
            reader->state = EAT_CRNL;
            return;
        }
        start_field(reader, c);
        return;
    case START_FIELD: start_field(reader, c); return;
    case ESCAPED_CHAR: escaped(reader, c, IN_FIELD); return;
    case AFTER_ESCAPED_CRNL:
        if (c != END_OF_LINE) {
            in_field(reader, c);
        }
        return;
    case IN_FIELD: in_field(reader, c); return;
    case IN_QUOTED_FIELD: in_quoted_field(reader, c); return;
    case ESCAPE_IN_QUOTED_FIELD: escaped(reader, c, IN_QUOTED_FIELD); return;
    case QUOTE_IN_QUOTED_FIELD: quote_in_quoted_field(reader, c); return;
    case EAT_CRNL:
        if (c == END_OF_LINE) {
            reader->state = START_RECORD;
        }
        return;
    }
}

/* Feed one physical line from *at on and then its end; false when the line's end has not arrived yet. */
static bool feed_line(Reader *reader, const Text *text, size_t *at)
{
    size_t i = *at;
    bool ended = false;
    while (i < text->length && !ended) {
        byte c = text->text[i++];
        process(reader, c);
        if (c == '\r') {
            if (i == text->length && !text->final) {
                return false;
            }
            if (i < text->length && text->text[i] == '\n') {
                process(reader, text->text[i++]);
            }
            ended = true;
        } else if (c == '\n') {
            ended = true;
        }
    }
    if (!ended && !text->final) {
        return false;
    }
    process(reader, END_OF_LINE);
    *at = i;
    return true;
}

RecordResult record_read_by_states(const Dialect *dialect, Text *text, size_t *at, Record *record)
{
    if (!text_scratch(text)) {
        return RECORD_NO_MEMORY;
    }
    Reader reader = {dialect, record, START_RECORD, text->scratch, 0};
    size_t here = *at;
    record->lines = 0;
    do {
        if (here >= text->length && text->final) {
            /* The text ends within the record: what there is of the last cell counts, an open quote always does. */
            if (reader.length || reader.state == IN_QUOTED_FIELD) {
                save(&reader);
            }
            break;
        }
        if (!feed_line(&reader, text, &here)) {
            return RECORD_UNFINISHED;
        }
        record->lines++;
    } while (reader.state != START_RECORD);
    *at = here;
    return RECORD_READ;
}
