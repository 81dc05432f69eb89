"""Text of older code pages is read as it was meant: file by file, font by font, run by run; Unicode is never touched."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from support.legacy_text import Cell, as_it_stands, in_bytes, xls, xlsx

from catalog.issues import say
from catalog.reading import (
    Request,
    Workspace,
    encodings,
    legacy,
    legacy_cells,
    open_file,
    sniff,
    tcvn3,
    viscii,
    vni,
)
from catalog.reading.legacy import DECODERS, LONGEST, Decisions, Evidence, Run, hint, is_suspicious

PAGES = sorted(DECODERS)
FONTS = {"tcvn3": ".VnTime", "vni": "VNI-Times", "viscii": "VI Times"}
SMALL = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđbcghklmnpqrstvx"
SENTENCES = ["ủy ban nhân dân huyện xuyên mộc", "số dự án đầu tư nước ngoài", "trạm y tế phường thắng nhất", "đường nguyễn đình chiểu",
             "tổng sản phẩm trong nước", "diện tích gieo trồng lúa", "học sinh tốt nghiệp trung học", "kim ngạch xuất khẩu"]
WRITERS = pytest.mark.parametrize("write", [xls, xlsx], ids=["xls", "xlsx"])


def read(tmp_path: Path, content: bytes, ending: str = "xls"):
    path = tmp_path / f"book.{ending}"
    path.write_bytes(content)
    request = Request(path=path, filename=path.name)
    return open_file(request, sniff(request), Workspace())


def rows_of(reading) -> list[list[str]]:
    return [list(row) for row in reading.grids[0].rows()]


def of(text: str, page: str, font: str | None = None) -> Cell:
    return [(as_it_stands(text, page), font or FONTS[page])]


@pytest.mark.parametrize("page", PAGES)
@given(text=st.text(alphabet=SMALL + " 0123456789.,-/()", max_size=60))
def test_every_small_letter_survives_the_way_there_and_back(page: str, text: str):
    data = in_bytes(text, page)
    assert DECODERS[page]("strict").decode(data, True) == text


@pytest.mark.parametrize("page", [viscii.NAME, vni.NAME])
def test_capitals_too_where_the_page_has_them(page: str):
    assert DECODERS[page]("strict").decode(in_bytes(SMALL.upper(), page), True) == SMALL.upper()


@given(text=st.text(alphabet=SMALL + " ", max_size=40), cuts=st.lists(st.integers(0, 80), max_size=5))
def test_vni_may_be_cut_anywhere(text: str, cuts: list[int]):
    data, decoder = in_bytes(text, vni.NAME), vni.Decoder("strict")
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    parts = [decoder.decode(data[start:end]) for start, end in zip(edges, edges[1:], strict=False)]
    assert "".join(parts) + decoder.decode(b"", True) == text


def test_marks_in_the_other_case_belong_to_their_letter():
    assert vni.Decoder("strict").decode("BAÙO CAÙO TAI NAÏN, ÑVT: 1000 ñoàng, CAâN".encode("latin-1"), True) == "BÁO CÁO TAI NẠN, ĐVT: 1000 đồng, CÂN"


@pytest.mark.parametrize(("page", "byte"), [(tcvn3.NAME, 0xFF), (vni.NAME, 0xFF), (vni.NAME, 0xB5)])
def test_a_byte_that_stands_for_nothing_is_refused(page: str, byte: int):
    with pytest.raises(UnicodeDecodeError):
        DECODERS[page]("strict").decode(b"t" + bytes([byte]), True)


@pytest.mark.parametrize("page", PAGES)
def test_a_text_file_is_known_by_its_syllables(tmp_path, page: str):
    text = "stt,tên dự án\n" + "".join(f"{n},{sentence}\n" for n, sentence in enumerate(SENTENCES))
    path = tmp_path / "a.csv"
    path.write_bytes(in_bytes(text, page))
    found = encodings.decide(path, None, "a.csv")
    assert (found.name, found.decided_by) == (page, "syllables")
    encodings.transcode(path, found, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text("utf-8") == text


@pytest.mark.parametrize("page", PAGES)
def test_a_declared_page_is_believed_where_words_are_too_few(tmp_path, page: str):
    path = tmp_path / "a.csv"
    path.write_bytes(in_bytes("mã\nđ\n", page))
    assert encodings.decide(path, page.upper(), "a.csv").decided_by == "declared"


@WRITERS
@pytest.mark.parametrize("page", PAGES)
def test_a_workbook_in_an_old_font_is_read_as_it_was_meant(tmp_path, page: str, write):
    reading = read(tmp_path, write([[of(sentence, page), [("12", "Arial")]] for sentence in SENTENCES]), write.__name__)
    assert rows_of(reading) == [[sentence, "12"] for sentence in SENTENCES]
    assert reading.encoding.name == page
    note = reading.notes[0]
    assert (note.code, note.facts["cells"], note.facts["encoding"]) == ("cells-restored", len(SENTENCES), page.upper())
    assert page.upper() in say(note, "vi").what and page.upper() in say(note, "en").what


@WRITERS
def test_fonts_of_two_pages_in_one_sheet_are_told_apart(tmp_path, write):
    rows = [[of(sentence, "tcvn3"), of(sentence, "vni"), [(sentence, "Times New Roman")]] for sentence in SENTENCES]
    reading = read(tmp_path, write(rows), write.__name__)
    assert rows_of(reading) == [[sentence] * 3 for sentence in SENTENCES]
    assert reading.encoding.name in ("tcvn3+vni", "vni+tcvn3")


@WRITERS
def test_runs_of_two_pages_in_one_cell_are_told_apart(tmp_path, write):
    rows = [[[*of("số liệu ", "tcvn3"), *of("thống kê", "vni"), (" năm ấy", "Arial")]] for _ in range(3)] + [[of(s, "tcvn3"), of(s, "vni")] for s in SENTENCES]
    assert rows_of(read(tmp_path, write(rows), write.__name__))[:3] == [["số liệu thống kê năm ấy"]] * 3


@WRITERS
def test_unicode_under_a_font_that_outlived_its_conversion_is_left_alone(tmp_path, write):
    rows = [[[(sentence, ".VnTime")]] for sentence in SENTENCES] + [[[("Tài sản", ".VnTime")]], [[("công an", "VNI-Times")]]]
    reading = read(tmp_path, write(rows), write.__name__)
    assert rows_of(reading) == [[sentence] for sentence in SENTENCES] + [["Tài sản"], ["công an"]]
    assert (reading.encoding, reading.notes) == (None, ())


@WRITERS
def test_a_unicode_cell_among_old_ones_stays(tmp_path, write):
    rows = [[of(sentence, "tcvn3")] for sentence in SENTENCES] + [[[("Hà Nam", ".VnTime")]], [[("Bà Rịa – Vũng Tàu", ".VnTime")]]]
    assert rows_of(read(tmp_path, write(rows), write.__name__))[-2:] == [["Hà Nam"], ["Bà Rịa – Vũng Tàu"]]


@WRITERS
def test_letters_of_other_languages_are_left_alone(tmp_path, write):
    words = ["Müller & Söhne", "Índices nacionales", "Español", "Übergang", "réseau électrique", "Größe", "naïve façade", "5 £", "20 °C", "São Paulo"]
    reading = read(tmp_path, write([[[(word, "Calibri")]] for word in words]), write.__name__)
    assert rows_of(reading) == [[word] for word in words]
    assert reading.notes == ()


UNITS = ["120 m²", "3 km²", "5 m³", "5 µm", "12 µg/m³", "20 °C", "±", "± 5", "½", "3 × 4", "R²"]


@WRITERS
@pytest.mark.parametrize("unit", UNITS)
def test_units_among_words_for_yes_and_no_are_left_alone(tmp_path, unit: str, write):
    cells = [unit, "Có", "Không", "Tài", "có", unit]
    reading = read(tmp_path, write([[[(cell, "Calibri")]] for cell in cells]), write.__name__)
    assert rows_of(reading) == [[cell] for cell in cells]
    assert (reading.encoding, reading.notes) == (None, ())


@WRITERS
def test_all_units_at_once_are_left_alone(tmp_path, write):
    reading = read(tmp_path, write([[[(cell, "Calibri")]] for cell in (*UNITS, "Có", "Không")]), write.__name__)
    assert rows_of(reading) == [[cell] for cell in (*UNITS, "Có", "Không")]
    assert (reading.encoding, reading.notes) == (None, ())


@WRITERS
@pytest.mark.parametrize("page", PAGES)
def test_units_beside_old_fonts_stay_under_fonts_of_their_own(tmp_path, page: str, write):
    rows = [[of(sentence, page), [("Arial", "Arial")]] for sentence in SENTENCES] + [[[(unit, "Arial")], [("Có", "Arial")]] for unit in UNITS]
    assert rows_of(read(tmp_path, write(rows), write.__name__))[len(SENTENCES):] == [[unit, "Có"] for unit in UNITS]


@WRITERS
def test_viscii_without_a_font_that_says_so_needs_several_words_that_no_chance_makes(tmp_path, write):
    few = read(tmp_path, write([[of(cell, "viscii", "Arial")] for cell in ("gỗ", "hỗ trợ", "có")]), write.__name__)
    assert few.encoding is None
    many = read(tmp_path, write([[of(cell, "viscii", "Arial")] for cell in (*SENTENCES, "gỗ")]), write.__name__)
    assert rows_of(many) == [[cell] for cell in (*SENTENCES, "gỗ")]


@WRITERS
def test_what_reads_as_nothing_is_left_and_asked_with_its_readings(tmp_path, write):
    rows = [[of(sentence, "tcvn3")] for sentence in SENTENCES] + [[[("xþzÿ qÿþx", "Wingdings 9")]], [[("ÿþqx þþz", "Wingdings 9")]]]
    reading = read(tmp_path, write(rows), write.__name__)
    assert rows_of(reading)[-2:] == [["xþzÿ qÿþx"], ["ÿþqx þþz"]]
    doubt = next(note for note in reading.notes if note.code == "cells-doubtful")
    assert (doubt.facts["cells"], doubt.facts["cell"], str(doubt.who)) == (2, "A9", "agency")
    assert "VISCII" in doubt.facts["readings"]


def test_text_without_fonts_is_decided_by_itself():
    evidence = Evidence()
    for sentence in SENTENCES:
        evidence.add(Run(as_it_stands(sentence, "vni")))
    decisions = evidence.decided()
    assert [decisions.read(Run(as_it_stands(sentence, "vni"))) for sentence in SENTENCES] == [(sentence, "vni") for sentence in SENTENCES]


def test_one_word_is_no_proof_without_a_font_that_says_so():
    for font, expected in (("Arial", "Sè"), (".VnTime", "Số")):
        evidence = Evidence()
        evidence.add(Run("Sè", font))
        assert evidence.decided().read(Run("Sè", font))[0] == expected


@pytest.mark.parametrize(("font", "page"), [(".VnTime", "tcvn3"), (".VnArial NarrowH", "tcvn3"), ("VNI-Times", "vni"), ("vni-times", "vni"), ("Arial", None)])
def test_a_fonts_name_hints_at_its_page(font: str, page: str | None):
    assert hint(font) == page


def test_plain_western_text_raises_no_suspicion():
    assert not is_suspicious(["réseau électrique", "Größe", "Índices", "café"])
    assert is_suspicious([as_it_stands(sentence, "tcvn3") for sentence in SENTENCES])


@pytest.mark.parametrize(("head", "many", "tail"), [
    ("é", "a", ""), ("", "a", "é"), ("", "²", ""), ("", "a²", ""), ("", "é-", ""), ("", "Ã", ""), ("", "´a", ""), ("", "µ", "a")])
def test_work_on_one_endless_cell_grows_with_its_length_only(head: str, many: str, tail: str):
    decisions = Decisions(pages={"arial": "viscii", "": "tcvn3", "calibri": None})

    def work(count: int) -> float:
        text = head + many * count + tail
        started = time.process_time()
        for run in (Run(text), Run(text, "Arial"), Run(text, "Calibri"), Run("ệ" + text, "Arial")):
            decisions.read(run)
        is_suspicious([text])
        return time.process_time() - started

    short, long = (min(work(count) for _ in range(3)) for count in (2_000, 32_000))
    assert long < 16 * 5 * short, "sixteen times the length costs about sixteen times the work, not its square"


def test_evidence_looks_at_the_beginning_of_a_text_only():
    evidence = Evidence()
    evidence.add(Run("Sè dù ¸n " * 10_000, ".VnTime"))
    assert sum(len(text) for texts in evidence.texts.values() for text in texts) <= LONGEST
    assert evidence.decided().pages == {".vntime": "tcvn3"}


def test_evidence_is_kept_of_so_many_fonts_only_and_the_others_are_read_with_them():
    evidence = Evidence()
    for number in range(legacy.FONTS * 2):
        for sentence in SENTENCES:
            evidence.add(Run(as_it_stands(sentence, "tcvn3"), f"Font {number}"))
    assert len(evidence.texts) <= legacy.FONTS + 1
    assert evidence.decided().read(Run(as_it_stands(SENTENCES[0], "tcvn3"), f"Font {legacy.FONTS * 2 - 1}")) == (SENTENCES[0], "tcvn3")


def restored(tmp_path, rows: list[list[str]], told: list[list]) -> list[list[str]]:
    """The rows of a sheet after what was told of the fonts of its cells."""
    for name, lines in (("0.jsonl", rows), ("0.fonts.jsonl", told)):
        (tmp_path / name).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    decisions = Decisions(pages={".vntime": "tcvn3"})
    return [json.loads(line) for line in legacy_cells._rewritten(tmp_path, 0, "T", decisions, legacy_cells._Tally()).read_text("utf-8").splitlines()]


def test_a_cell_that_the_fonts_were_told_of_otherwise_keeps_its_own_text(tmp_path):
    told = [[0, 0, [["Sè dù ¸n", ".VnTime"]]], [0, 1, [["Sè dù ¸n", ".VnTime"]]], [1, 0, [["Sè dù ¸n", ".VnTime"]]]]
    assert restored(tmp_path, [["Sè", "12"], ["Sè dù ¸n"]], told) == [["Số", "12"], ["Số dự án"]]


def test_a_row_that_is_told_late_holds_up_no_other(tmp_path):
    told = [[1, 0, [["Sè", ".VnTime"]]], [0, 0, [["Sè", ".VnTime"]]], [2, 0, [["dù ¸n", ".VnTime"]]]]
    assert restored(tmp_path, [["Sè"], ["Sè"], ["dù ¸n"]], told) == [["Sè"], ["Số"], ["dự án"]]


def test_very_many_sheets_of_long_names_are_read_with_their_fonts(tmp_path):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        old = book.add_format({"font_name": ".VnTime"})
        for number in range(800):
            book.add_worksheet(f"{'Ệ' * 27}{number:04}").write_string(0, 0, as_it_stands(SENTENCES[number % len(SENTENCES)], "tcvn3"), old)
    reading = read(tmp_path, out.getvalue(), "xlsx")
    assert len(json.dumps([grid.sheet for grid in reading.grids])) > 2**17, "more than one argument of a process may hold"
    assert [list(grid.rows()) for grid in reading.grids[-8:]] == [[[sentence]] for sentence in SENTENCES]
