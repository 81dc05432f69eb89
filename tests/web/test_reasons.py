"""Every kind of error that a check finds is told in both languages."""

from __future__ import annotations

import pytest
from support.visiting import visitor

from web.datasets.reasons import reason

ERRORS = [
    ({"type": "type-error", "note": 'type is "date/default"'}, "chưa phải là ngày dạng yyyy-mm-dd", "not of the type: date as yyyy-mm-dd"),
    ({"type": "type-error", "note": 'type is "number/default"'}, "chưa phải là số", "not of the type: number"),
    ({"type": "constraint-error", "note": 'constraint "enum" is "[\'Chợ\', \'Siêu thị\']"'}, "ngoài danh sách cho phép", "not in the list of allowed values"),
    ({"type": "constraint-error", "note": 'constraint "pattern" is "[0-9]{5}"'}, "chưa theo mẫu [0-9]{5}", "does not follow the pattern [0-9]{5}"),
    ({"type": "constraint-error", "note": 'constraint "required" is "True"'}, "bắt buộc có, nay để trống", "required, but empty"),
    ({"type": "constraint-error", "note": 'constraint "minimum" is "0"'}, "nhỏ hơn 0", "less than 0"),
    ({"type": "extra-label", "note": ""}, "cột không có trong lược đồ", "the column is not in the schema"),
    ({"type": "blank-row", "note": ""}, "dòng trống", "empty row"),
]


@pytest.mark.parametrize(("error", "vi", "en"), ERRORS)
def test_an_error_is_told_in_both_languages(site, error, vi, en):
    for address, told in (("/", vi), ("/?lang=en", en)):
        with visitor(site).application.test_request_context(address):
            assert reason(error) == (told, True)


@pytest.mark.parametrize("error", [{"type": "source-error", "note": "the source is <odd>"}, {"type": "type-error", "message": "odd", "note": ""},
                                   {"type": "constraint-error", "note": 'constraint "odd" is "1"'}])
def test_what_is_not_known_keeps_its_own_words(site, error):
    with visitor(site).application.test_request_context("/"):
        words, told = reason(error)
    assert words == (error["note"] or error["message"])
    assert not told
