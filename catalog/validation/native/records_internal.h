/* What the two ways of reading a record share. */
#ifndef HAIDANG_RECORDS_INTERNAL_H
#define HAIDANG_RECORDS_INTERNAL_H

#include "records.h"

static inline void record_add(Record *record, const byte *text, size_t length)
{
    if (record->count < record->room) {
        record->cells[record->count].text = text;
        record->cells[record->count].length = length;
    }
    record->count++;
    record->empty = record->empty && length == 0;
}

/* Memory for contents that differ from the bytes of the text; never more than the text itself is long. */
bool text_scratch(Text *text);

/* Byte for byte through the states of CPython's reader: whatever the dialect, whatever the text. */
RecordResult record_read_by_states(const Dialect *dialect, Text *text, size_t *at, Record *record);

#endif
