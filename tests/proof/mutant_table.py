"""Faults for the C files, one at a time, each of which the quick tests must notice.

A row of the table: the file, its exact text (which occurs once), what stands there instead, and what would be wrong.
A mutant that changes nothing anyone can see is marked equivalent, with the argument; the tests must then pass.
"""

from __future__ import annotations

from dataclasses import dataclass

# The tests that judge a file's mutants, by the beginning of the file's name, the nearest first.
LAYERS: dict[str, tuple[str, ...]] = {
    "automaton": ("tests/catalog/validation/test_patterns.py",),
    "cells": ("tests/catalog/validation/test_cells.py",),
    "keys": ("tests/catalog/validation/test_key_store.py",),
    "records": ("tests/catalog/validation/test_records.py", "tests/catalog/validation/test_scanner.py"),
    "structure": ("tests/catalog/validation/test_records.py",),
    "": ("tests/catalog/validation/test_scanner.py", "tests/catalog/validation/test_records.py", "tests/catalog/validation/test_reports.py"),
}


@dataclass(frozen=True)
class Mutant:
    """One fault."""

    file: str
    text: str
    instead: str
    wrong: str
    equivalent: str = ""
    sanitized: bool = False  # only the sanitizers see it, under which the quick tests run too

    @property
    def layers(self) -> tuple[str, ...]:
        """The tests that judge it."""
        return next(files for beginning, files in LAYERS.items() if self.file.startswith(beginning))

    def __str__(self) -> str:
        return f"{self.file}: {self.wrong}"


MUTANTS: tuple[Mutant, ...] = (
    # keys_hash.c
    Mutant("keys_hash.c", "return hash == HASH_OF_NOTHING ? PI_4 : hash;", "return hash;", "a value takes no part in its key"),
    Mutant("keys_hash.c", "end - at > 16; at", "end - at >= 16; at", "stored hashes are others than described"),
    Mutant("keys_hash.c", "eight(end - 16)", "eight(text)", "values that differ in the middle alone clash"),
    Mutant("keys_hash.c", "text[n / 2]", "text[0]", "three bytes: the middle one does not count"),
    Mutant("keys_hash.c", "halves_swapped(eight(text + n - 8))", "eight(text + n - 8)", "swapped factors collide"),
    Mutant("keys_hash.c", "fold(PI_4 ^ n, ", "fold(PI_4, ", "texts of zeros clash whatever their length"),
    Mutant("keys_hash.c", " + part * PI_2);", ");", "one special hash swallows every part after it"),
    Mutant("keys_hash.c", "Wide product = (Wide)a * b;", "Wide product = a * b;", "the upper half of the product is lost"),
    # keys_sort.c
    Mutant("keys_sort.c", "hashes[at - 1] > hash; at--", "hashes[at - 1] < hash; at--", "few hashes come out descending"),
    Mutant("keys_sort.c", "at > 0 && hashes[at - 1]", "at > 1 && hashes[at - 1]", "the first of few is never moved"),
    Mutant("keys_sort.c", "int shift = bits > DIGIT ? bits - DIGIT : 0;", "int shift = bits > DIGIT ? bits - DIGIT - 1 : 0;",
           "a digit beside the one that was meant: parts come out of order"),
    Mutant("keys_sort.c", "sort_below(hashes + start, end[digit] - start, 64 - WIDE_DIGIT);",
           "sort_below(hashes + start, end[digit] - start, 64 - WIDE_DIGIT - DIGIT);", "a digit is passed over"),
    Mutant("keys_sort.c", "if (kept < 2 || hashes[kept - 2] != hashes[i])", "if (kept < 1 || hashes[kept - 1] != hashes[i])",
           "what occurs twice is forgotten when the buffer is full"),
    Mutant("keys_sort.c", "hashes[i] == hashes[i - 1] && (kept == 0", "hashes[i] == hashes[i - 1] && (kept <= 1", "copies are kept beside the hash",
           equivalent="a hash kept twice is found all the same; the buffer has room, as there are more copies than are kept"),
    # keys_search.c
    Mutant("keys_search.c", "search->low = HASH_OF_NOTHING + 1;", "search->low = HASH_OF_NOTHING;", "rows that take no part clash"),
    Mutant("keys_search.c", "search->low = search->high + 1", "search->low = search->high + 2", "a hash between two ranges is lost"),
    Mutant("keys_search.c", "<= span;", "< span;", "the highest hash of a range is lost"),
    Mutant("keys_search.c", "range[n - 1] > search->high", "range[n - 1] >= search->high", "a range that is cut loses its highest hash"),
    Mutant("keys_search.c", "search->high = range[n / 2];\n", "", "a full buffer is cut without a place to go on"),
    Mutant("keys_search.c", "if (search->filled == search->capacity) {", "if (search->filled > search->capacity) {", "a full buffer stops the search for ever"),
    Mutant("keys_search.c", "hashes[at] >> *shift < slot", "hashes[at] >> *shift <= slot", "hashes are looked for in the slot after theirs"),
    Mutant("keys_search.c", "from = middle + 1;", "from = middle + 2;", "a hash is not found among those that occur twice"),
    Mutant("keys_search.c", "if (hashes[middle] < hash) {", "if (hashes[middle] <= hash) {", "the search goes on to the right of its hash",
           equivalent="an equal hash has been answered two lines above"),
    Mutant("keys_search.c", "(row + i) / 8] |=", "(row + i) / 8] =", "a row's bit wipes out those of seven others"),
    Mutant("keys_search.c", "    search->repeated = 0;\n", "", "rows are counted once for each pass"),
    Mutant("keys_search.c", "found->rows / 8 + 1", "found->rows / 8", "the last rows' bits lie behind the end of memory",
           sanitized=True),
    # keys_spill.c
    Mutant("keys_spill.c", "(next + 1) * store->chunk_rows > store->memory / 16", "(next + 1) * store->chunk_rows > store->memory / 4",
           "storing takes what the search was promised"),
    Mutant("keys_spill.c", "chunk <= store->full; chunk++", "chunk < store->full; chunk++", "the last chunk is not written"),
    Mutant("keys_spill.c", "store->flushed += (uint64_t)(store->full + 1)", "store->flushed += (uint64_t)store->full", "rows on the disk are counted short"),
    Mutant("keys_spill.c", "drop_chunks(store, 1);", "drop_chunks(store, 0);", "the window is freed and written to"),
    Mutant("keys_spill.c", "        unlink(path);\n", "", "the file stays behind"),
    Mutant("keys_spill.c", "        fcntl(store->file, F_SETFD, FD_CLOEXEC);\n", "", "programs that are started inherit the file"),
    Mutant("keys_spill.c", "        close(store->file);\n", "", "each store keeps a descriptor for ever"),
    Mutant("keys_spill.c", "return write_at(store, &hash, sizeof hash, row * sizeof hash);", "return write_at(store, &hash, sizeof hash, row);",
           "a replaced hash lands in another row"),
    Mutant("keys_spill.c", "(row - store->flushed) % store->chunk_rows] = hash;", "row % store->chunk_rows] = hash;", "a replaced hash lands in another row",
           equivalent="what is flushed is a whole number of chunks"),
    Mutant("keys_spill.c", "    if (store->failure) {\n        return false;\n    }\n", "", "a broken store goes on without the rows it lost"),
    Mutant("keys_spill.c", "(chunk == store->full ? store->filled : store->chunk_rows) - at;", "store->chunk_rows - at;", "what lies behind the last row is searched"),
    # keys.c, keys_candidates.c
    Mutant("keys.c", "(uint64_t)row < store->committed || ", "", "a final row can be replaced"),
    Mutant("keys.c", " || (uint64_t)row >= store_rows(store)", "", "a row that is not there can be replaced"),
    Mutant("keys.c", "store->committed = store_rows(store);", "store->committed = store->flushed;", "a final row can be replaced while it is in memory"),
    Mutant("keys.c", "done = !store->failure && find_candidates", "done = find_candidates", "a store that lost rows finds candidates all the same"),
    Mutant("keys.c", "if (hashes.len % (Py_ssize_t)sizeof(uint64_t)) {", "if (hashes.len < 0) {", "half a hash is left out in silence"),
    Mutant("keys.c", "return value != (unsigned long long)-1 || !PyErr_Occurred();", "return 1;", "what is no hash passes, its error unseen"),
    Mutant("keys_candidates.c", "row = rest ? row + 1 : row / 8 * 8 + 8;", "row = rest ? row + 1 : row + 8;", "rows are skipped after a gap"),
    Mutant("keys_candidates.c", "    iterator->next = found->rows;\n", "", "an iterator that ended looks again",
           equivalent="behind the last row found there is no other, so it looks in vain"),
    # records.c, records_states.c, structure.c
    Mutant("records.c", "~UINT64_C(0) << (at % BLOCK)", "~UINT64_C(0)", "marks before the place are met again"),
    Mutant("records.c", "walk->bits &= walk->bits - 1;\n    return at;", "walk->bits = 0;\n    return at;", "marks behind the first of a word are lost"),
    Mutant("records.c", "if (*at == walk->length && !walk->final) {\n            return NOT_YET;", "if (false) {\n            return NOT_YET;",
           "CR LF cut between two blocks is two line ends"),
    Mutant("records.c", "dialect->has_quote && walk->text[end] == dialect->quote);", "false);", "a quote in a bare cell ends it"),
    Mutant("records.c", "from = found + 2;", "from = found + 1;", "doubled quotes stay double"),
    Mutant("records.c", "text->scratch_used += length;", "", "a second cell with doubled quotes overwrites the first"),
    Mutant("records.c", "walk->text[end + 1] == '\\n' ? 0 : 1;", "walk->text[end + 1] == '\\n' ? 1 : 1;", "CR LF within quotes counts as two lines"),
    Mutant("records.c", "after != dialect->delimiter && after != '\\n' && after != '\\r'", "after == 0", "text after a closing quote is lost"),
    Mutant("records.c", "while (*at < walk->length && walk->text[*at] == ' ') {", "if (*at < walk->length && walk->text[*at] == ' ') {",
           "one blank alone is skipped"),
    Mutant("records.c", "return walk->final ? NOT_SIMPLE : NOT_YET; /* a quote", "return NOT_SIMPLE; /* a quote", "a quoted cell ends with its block",
           equivalent="the states, which then read the record, see themselves that its end has not arrived"),
    Mutant("records.c", "    text->scratch_used = 0;\n", "", "the scratch of one record is never given back", sanitized=True),
    Mutant("records_states.c", "c == END_OF_LINE ? START_RECORD : EAT_CRNL", "START_RECORD", "CR LF is two line ends in the exact way",
           equivalent="a physical line has one end, after which both states come to START_RECORD"),
    Mutant("records_states.c", "reader->state = reader->dialect->double_quote ? QUOTE_IN_QUOTED_FIELD : IN_FIELD;", "reader->state = QUOTE_IN_QUOTED_FIELD;",
           "doubled quotes are one where the dialect says they are not"),
    Mutant("records_states.c", "add(reader, c == END_OF_LINE ? '\\n' : c);", "add(reader, c);", "an escape at the end of the text adds a wrong byte"),
    Mutant("records_states.c", "reader->state = AFTER_ESCAPED_CRNL;", "reader->state = IN_FIELD;", "an escaped line end ends the record"),
    Mutant("records_states.c", "if (reader.length || reader.state == IN_QUOTED_FIELD) {", "if (reader.length) {", "an open quote at the end is no cell"),
    Mutant("records_states.c", "c == ' ' && dialect->skip_space", "c == ' '", "blanks before a cell are skipped unasked"),
    Mutant("structure.c", "marks |= UINT64_C(1) << i;", "marks |= UINT64_C(1) << (i & 31);", "marks of the second half of the last block are misplaced"),
    Mutant("structure.c", "thirty_two_marks(at + 32, needles) << 32", "thirty_two_marks(at, needles) << 32", "the second half of a block is taken for its first"),
    # judge.c, scanner.c, memo.c, doubts.c, utf8.c
    Mutant("judge.c", "if (scanner->records < choice->first) {", "if (scanner->records + 1 < choice->first) {", "the header is judged as a row"),
    Mutant("judge.c", "*whole = missing == count;", "*whole = false;", "a row of nothing but missing values is clean"),
    Mutant("judge.c", "if (record->count == scanner->column_count) {", "if (record->count >= scanner->column_count) {", "extra cells are overlooked"),
    Mutant("judge.c", "bool whole = true;", "bool whole = false;", "ragged rows are overlooked"),
    Mutant("judge.c", "*hash = key->primary ? hash_combine(*hash, part) : part;", "*hash = part;", "of a composite key the last part alone counts",
           equivalent="equal keys still clash; there are only more candidates, which cost time"),
    Mutant("judge.c", "return !(key->primary && nothing == key->count);", "return true;", "a primary key of nothing is clean"),
    Mutant("judge.c", "scanner->rows == 1;", "false;", "errors of the header do not stop at the limit"),
    Mutant("judge.c", "choice->comment_rows[choice->comment_at] == scanner->records", "false", "a comment row is judged"),
    Mutant("judge.c", "return !(choice->skip_blank && record->empty);", "return true;", "blank rows that are to be skipped are judged"),
    Mutant("judge.c", "scanner->lines += record->lines;", "scanner->lines++;", "lines are records"),
    Mutant("memo.c", "entry.hash == hash && entry.length == n && memcmp(entry.text, text, n) == 0", "(entry.hash & 7) == (hash & 7) && entry.length == n",
           "a bad cell passes for a good one that resembles it"),
    Mutant("doubts.c", "Doubtful cell = {column, doubts->byte_count, length, is_group};", "Doubtful cell = {column, 0, length, is_group};",
           "Python is asked about another cell"),
    Mutant("doubts.c", "doubts->byte_count = doubts->cells[cell_count].start;", "", "bytes of dropped cells stay until the next block",
           equivalent="every cell has its own start, so that nobody reads them"),
    Mutant("utf8.c", "lead < 0xC2 || lead > 0xF4", "lead < 0xC0 || lead > 0xF4", "an overlong form passes for UTF-8"),
    Mutant("utf8.c", "case 0xED: return second >= 0x80 && second <= 0x9F;", "", "surrogates pass for UTF-8"),
    Mutant("utf8.c", "return !(final && state->count);", "return true;", "a character cut off at the end passes"),
    Mutant("utf8.c", "state->count = 0;\n    return", "return", "a character cut in two by blocks is met again"),
    Mutant("scanner.c", "memcpy(grown, text->text ? text->text + scanner->at : grown, left);", "memcpy(grown, text->text ? text->text : grown, left);",
           "the wrong bytes are kept for the next block"),
    Mutant("scanner.c", "scanner->patience = 2 * (text->length - start);", "scanner->patience = 0;", "an unfinished record is tried again at each block",
           equivalent="it is the same record each time; patience saves time only"),
    Mutant("scanner.c", "if (doubtful && missing == count) {", "if (false) {", "a row of no values in a worksheet is clean"),
    # automaton.c
    Mutant("automaton.c", "0x7Fu >> length", "0x3Fu >> length", "code points lack their highest bit"),
    Mutant("automaton.c", "text[0] >= 0xF0 ? 4", "text[0] > 0xF0 ? 4", "characters from U+10000 to U+3FFFF are read as three bytes"),
    Mutant("automaton.c", "block = automaton->n_index - 1;", "block = 0;", "code points behind the index are taken for ASCII"),
    Mutant("automaton.c", "text < end && row > decided", "text < end && row >= decided", "a state that always matches is walked on from",
           equivalent="whatever follows, it leads to itself; stopping saves time only"),
    Mutant("automaton.c", "return next[row + automaton->row_length - 1];", "return next[row + automaton->row_length - 1] || row > decided;",
           "any text that was not refused matches"),
    Mutant("automaton.c", "good &= automaton->ways[text[i]] >> i;", "good &= automaton->ways[text[i]] >> 0;", "every place takes what the first takes"),
    Mutant("automaton.c", "return good && automaton->lengths >> n & 1;", "return good;", "the beginning of a code matches"),
    Mutant("automaton.c", "automaton->places < MAX_PLACES && ", "", "the places behind the last bit are the first ones"),
    Mutant("automaton.c", "row[class] && found && row[class] != found", "false", "the first of two ways is not gone",
           equivalent="what does not go the one way is walked"),
    Mutant("automaton.c", "!below_uint16(given->next, cells, states)", "false", "a step may lead out of the table"),
    Mutant("automaton.c", "automaton->start = (uint32_t)(given->start * row_length);", "automaton->start = given->start;", "the walk begins in another state"),
    # cells.c, cells_numbers.c, cells_texts.c, cells_times.c, cells_hashes.c, cells_objects.c
    Mutant("cells.c", "column->only_empty ? n == 0 : texts_find(&column->missing, text, n) != NULL", "n == 0", "declared missing values are values"),
    Mutant("cells.c", "return moment.aware == column->aware && scalar_within", "return scalar_within", "a time without zone is compared with one that has it"),
    Mutant("cells.c", "in_bounds(&column->latitudes, latitude)", "in_bounds(&column->bounds, latitude)", "a latitude of 120 degrees is clean"),
    Mutant("cells_numbers.c", "if (digits == 0 || digits > 4) {", "if (digits == 0) {", "an exponent of many digits overflows"),
    Mutant("cells_numbers.c", "number->exact = digits <= MOST_DIGITS;", "number->exact = true;", "numbers of twenty digits are compared modulo 2 to the 64th"),
    Mutant("cells_numbers.c", "digits > LONGEST_NUMBER || (cursor.at", "(cursor.at", "a number of 5,000 digits is clean, which Python refuses to read"),
    Mutant("cells_numbers.c", "bounds->low[number.scale] <= number.value &&", "bounds->low[number.scale] - 1 <= number.value &&", "a value just below the bound is clean"),
    Mutant("cells_numbers.c", "number.value <= bounds->high[number.scale]", "number.value <= bounds->high[0]", "decimals are compared with the bound of whole numbers"),
    Mutant("cells_numbers.c", "months >= 1 && months <= 12", "months <= 12", "a month 0 is clean"),
    Mutant("cells_numbers.c", "if (c >= 0xC2 && c <= 0xC9) {", "if (c >= 0xC2 && c <= 0xDF) {", "digits of other scripts are taken for signs around a number"),
    Mutant("cells_numbers.c", "while (number->value % 10 == 0) {", "while (false) {", "1 and 1.0 have different hashes"),
    Mutant("cells_numbers.c", "memcmp(cursor->at, column->group, size) == 0 && is_digit(cursor->at[size])", "memcmp(cursor->at, column->group, size) == 0",
           "a groupChar at the end is clean"),
    Mutant("cells_texts.c", "count += (text[i] & 0xC0) != 0x80;", "count++;", "lengths are counted in bytes"),
    Mutant("cells_texts.c", "if (n / 4 >= column->shortest && n <= column->longest) {", "if (n >= column->shortest && n <= column->longest) {",
           "a text of few long characters passes for long enough"),
    Mutant("cells_texts.c", "(byte)((c | 0x20) - 'a') < 6", "(byte)((c | 0x20) - 'a') < 7", "a g is a hexadecimal digit"),
    Mutant("cells_texts.c", "found->last == wanted.last && ", "", "a text that begins as one of the enum is clean"),
    Mutant("cells_texts.c", "(n <= 16 || memcmp(found->at, text, n) == 0)", "(n <= 32 || memcmp(found->at, text, n) == 0)",
           "the middle of a longer text does not count"),
    # cells_quick.h, words.h, utf8_wide.c
    Mutant("cells_quick.h", "if (column->missing.lengths & length_bit(n)) {", "if (n == 0) {", "a declared missing value that reads as one is clean"),
    Mutant("cells_quick.h", "bool negative = *text == '-';\n    size_t count = n - negative;\n    if (count - 1 > 7) {\n        return false;\n    }\n    uint64_t digits",
           "bool negative = *text == '-';\n    size_t count = n - negative;\n    if (count - 1 > 8) {\n        return false;\n    }\n    uint64_t digits",
           "of nine digits one is lost"),
    Mutant("cells_quick.h", "scale = count - before - 1;", "scale = count - before;", "1.5 is 0.15"),
    Mutant("cells_quick.h", "ninth = text[negative + 8];", "ninth = '0';", "the ninth sign of a number is a nought"),
    Mutant("cells_quick.h", "} else if (count > 8) {\n        return false;", "} else if (count > 9) {\n        return false;", "the ninth digit of a number is lost"),
    Mutant("cells_quick.h", "(n == 20 && text[19] == 'Z')", "n == 20", "a moment may end in anything"),
    Mutant("cells_quick.h", "bounds->low[number.scale] <= number.value &&", "bounds->low[number.scale] - 1 <= number.value &&",
           "a value just below the bound is clean the quick way"),
    Mutant("cells_quick.h", "moment->month - 1 < 12 && moment->day - 1 < 28", "moment->month - 1 < 12 && moment->day - 1 < 31",
           "31 April is clean"),
    Mutant("cells_quick.h", "moment->month - 1 < 12 &&", "moment->month - 1 < 13 &&", "a month 13 is clean"),
    Mutant("cells_quick.h", "all_digits(digits, SIGNS_OF_PAIRS);\n    return", "all_digits(digits, 0);\n    return", "2024-0101-1 is a day"),
    Mutant("cells_quick.h", "pair_at(digits, 0) < 24", "pair_at(digits, 0) < 25", "hour 24 is always clean"),
    Mutant("cells_quick.h", "quick_bounds(&column->latitudes, latitude)", "quick_bounds(&column->bounds, latitude)",
           "a latitude of 120 degrees is clean the quick way"),
    Mutant("cells_quick.h", "n == 4 && *text != '-' &&", "n == 4 &&", "the year -200 is clean"),
    Mutant("cells_quick.h", "n / 4 >= column->shortest && n <= column->longest", "n >= column->shortest && n <= column->longest",
           "bytes are counted for characters"),
    Mutant("words.h", "EVERY_BYTE * 0x76", "EVERY_BYTE * 0x75", "a colon is a digit"),
    Mutant("words.h", "| digits) & HIGH_BITS);", ") & HIGH_BITS);", "bytes far from digits are digits"),
    Mutant("utf8_wide.c", "TOO_SHORT | TOO_LARGE | TOO_LARGE_80 | OVERLONG_4);", "TOO_SHORT | TOO_LARGE | TOO_LARGE_80);",
           "overlong sequences of four bytes are valid"),
    Mutant("utf8_wide.c", "_mm256_xor_si256(due, pairs)", "_mm256_andnot_si256(due, pairs)", "a third byte may be missing"),
    Mutant("utf8_wide.c", "back <= 3 && back <= end", "back <= 2 && back <= end", "a sequence of four bytes is cut at a step's end"),
    Mutant("utf8_wide.c", "_mm256_or_si256(bytes, previous)) == 0", "bytes) == 0", "a sequence that ASCII cuts short is valid"),
    Mutant("cells_times.c", "year % 100 != 0 || year % 400 == 0", "year % 100 != 0 || year % 200 == 0", "29 February of 1800 is clean"),
    Mutant("cells_times.c", "moment->year - 1 > 9998", "moment->year > 9999", "the year 0 is clean"),
    Mutant("cells_times.c", "moment->second <= 59;", "moment->second <= 60;", "a leap second is clean"),
    Mutant("cells_times.c", "at[4] == '-' && at[7] == '-'", "at[4] == '-'", "2024-01/31 is clean"),
    Mutant("cells_times.c", "hours <= 23 && minutes <= 59", "minutes <= 59", "a zone of 99 hours is clean"),
    Mutant("cells_times.c", "*cursor->at == 'z' || !iso_zone", "!iso_zone", "a zone z, which strptime does not read, is clean"),
    Mutant("cells_times.c", "if (cursor.at == cursor.end || !is_digit(*cursor.at)) {\n            return false;\n        }\n        moment->micro = take_fraction(&cursor, n);",
           "moment->micro = take_fraction(&cursor, n);", "a point without digits after the seconds is clean"),
    Mutant("cells_times.c", " - (int64_t)moment->offset * 60;", ";", "bounds are compared without the zone"),
    Mutant("cells_times.c", "cursor.at == cursor.end && is_day(moment) && is_time(moment);", "is_day(moment) && is_time(moment);", "what follows a date is overlooked"),
    Mutant("cells_hashes.c", "moment.aware ? SEED_AWARE_DATETIME : SEED_DATETIME", "SEED_DATETIME + moment.offset", "the same moment in two zones has two hashes"),
    Mutant("cells_hashes.c", "if (number.scale != 0 || number.value > SURE_INTEGER || number.value < -SURE_INTEGER) {", "if (false) {",
           "two spellings of the same float have two hashes"),
    Mutant("cells_objects.c", "if (column->numeric_missing) {\n        return UNDECIDED;\n    }\n    long long", "long long", "a number whose text is a missing value is one"),
    Mutant("cells_objects.c", "value > column->low + margin_low", "value > column->low - margin_low", "a float just below the bound is clean"),
    Mutant("cells_objects.c", "!(value - value == 0)", "false", "NaN and infinity are clean"),
    Mutant("cells_objects.c", "verdict(column->kind == KIND_BOOLEAN && !column->chosen)", "verdict(true)", "a truth value is clean in any column"),
    Mutant("cells_objects.c", "case KIND_DATE: return verdict(date);", "case KIND_DATE: return verdict(date || datetime);", "a date with a time is clean as a date"),
)
