"""Faults for the C files, one at a time, each of which the quick tests must notice.

A row of the table: the file, its exact text (which occurs once), what stands there instead, and what would be wrong.
A mutant that changes nothing anyone can see is marked equivalent, with the argument; the tests must then pass.
"""

from __future__ import annotations

from dataclasses import dataclass

# The tests that judge a file's mutants, by the beginning of the file's name, the nearest first.
LAYERS: dict[str, tuple[str, ...]] = {
    "keys": ("tests/catalog/validation/test_key_store.py",),
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
)
