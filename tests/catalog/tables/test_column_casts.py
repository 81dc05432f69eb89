"""A column of cells is cast as its cells are, and plain moments as frictionless casts them."""

from __future__ import annotations

import datetime

import frictionless
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.tables.types import caster, column_caster

CELLS = st.one_of(st.sampled_from(["", "-", "e\u0301", "\u0301", "Vũng", "12", None, 5, True, 1.5]), st.text(max_size=4))


@given(st.lists(CELLS, max_size=8), st.sampled_from([[""], ["", "-"], []]))
def test_a_text_column_is_its_cells(cells, missing):
    for descriptor in ({"type": "string"}, {"type": "geopoint"}, {"type": "string", "missingValues": ["12"]}):
        cast = caster(descriptor, missing)
        assert column_caster(descriptor, missing)(cells) == [cast(cell) for cell in cells]


MOMENTS = st.from_regex(r"(0001|2024|9999)-(02-29|12-31|13-01|01-00)T(00|23|24|25):(00|59|60):(00|59|60)(Z|[+-](00|07|14|23|24):(00|30|60))?", fullmatch=True)


@settings(deadline=None)  # the first reading loads frictionless
@given(MOMENTS)
def test_a_moment_is_what_frictionless_reads(cell):
    value = frictionless.Field.from_descriptor({"name": "a", "type": "datetime"}).read_cell(cell)[0]
    if value is not None and value.tzinfo:
        try:
            value = value.astimezone(datetime.UTC).replace(tzinfo=None)
        except OverflowError:
            return
    assert caster({"type": "datetime"}, [""])(cell) == value
