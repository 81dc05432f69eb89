"""Search over the published datasets, with and without diacritics.

The database is the truth. Whoever writes a dataset notes it in the change log in the same transaction (`log`);
an index applies what it lacks before it answers (`index`), so a reader sees its own writes, and an index that is
lost, broken or of an older form is made anew by itself. Each node has its own index; its processes share it.
"""

from catalog.search.index import SearchIndex
from catalog.search.log import note_change
from catalog.search.question import FACETS, SORTS, Found, Hit, Query, Suggestion
from catalog.search.snippets import folded_word, marked

__all__ = ["FACETS", "SORTS", "Found", "Hit", "Query", "SearchIndex", "Suggestion", "folded_word", "marked", "note_change"]
