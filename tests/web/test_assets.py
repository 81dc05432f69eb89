"""Assets: pinned without addresses, fetched once, digits of one width, addresses that change with the content."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from support.visiting import visitor

from catalog.errors import UsageError
from web.assets import digits, fetch

STYLE = fetch.HERE.parent / "static" / "style.css"


def test_the_lock_names_versions_and_no_addresses():
    lock = (fetch.HERE / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    named = json.loads((fetch.HERE / "package.json").read_text())
    for name, version in {**named["dependencies"], **named["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert json.loads(lock)["packages"][f"node_modules/{name}"]["integrity"]


def test_every_font_of_the_style_sheet_is_one_that_is_fetched_or_derived():
    named = set(re.findall(r"url\(vendor/(fonts/[^)]+)\)", STYLE.read_text()))
    made = {name for name in fetch.COPIES.values() if name.endswith(".woff2")} | {f"fonts/hai-dang-so-{weight}.woff2" for weight in fetch.WEIGHTS}
    assert named == made


def test_the_style_sheet_calls_nothing_from_elsewhere():
    assert not re.search(r"@import|https?:|//[a-z]", re.sub(r"/\*.*?\*/", "", STYLE.read_text(), flags=re.S))


@pytest.fixture
def face(tmp_path):
    """A small font whose digits are of ten widths."""
    names = [".notdef", *(f"d{number}" for number in range(10))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x30 + number: f"d{number}" for number in range(10)})
    glyphs = {}
    for place, name in enumerate(names):
        pen = TTGlyphPen(None)
        pen.moveTo((40, 0))
        for corner in ((40, 700), (200 + 60 * place, 700), (200 + 60 * place, 0)):
            pen.lineTo(corner)
        pen.closePath()
        glyphs[name] = pen.glyph()
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (260 + 60 * place, 40) for place, name in enumerate(names)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Test", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.font.flavor = "woff2"
    builder.font.save(tmp_path / "face.woff2")
    return tmp_path / "face.woff2"


@pytest.mark.parametrize("weight", sorted(digits.CUTS))
def test_ten_digits_of_one_width_are_derived(face, tmp_path, weight):
    digits.derive(face, tmp_path / "so.woff2", weight)
    font = TTFont(tmp_path / "so.woff2")
    cut, widths = digits.CUTS[weight], {font["hmtx"][name][0] for name in font.getBestCmap().values()}
    assert widths == {cut.width} and sorted(font.getBestCmap()) == list(range(0x30, 0x3A))
    assert font["name"].getDebugName(1) == digits.FAMILY
    for name in font.getBestCmap().values():
        assert font["glyf"][name].xMin >= 0 and font["glyf"][name].xMax <= cut.width


def test_what_is_there_is_not_fetched_again(tmp_path, monkeypatch):
    for name in fetch.COPIES.values():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".stamp").write_text(fetch._mark())
    monkeypatch.setenv("PATH", "")  # npm could not be found
    assert fetch.fetch(tmp_path) is False


def test_without_npm_one_line_says_what_to_do_and_nothing_is_touched(tmp_path):
    with pytest.raises(UsageError) as caught:
        raise fetch._unavailable("npm")
    assert "python -m web.assets.fetch" in caught.value.vi and "python -m web.assets.fetch" in caught.value.en


def test_an_npm_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error network down' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "old").write_text("kept")
    with pytest.raises(UsageError, match="network down"):
        fetch.fetch(tmp_path / "vendor")
    assert [path.name for path in (tmp_path / "vendor").iterdir()] == ["old"]


def test_npm_brings_what_is_copied_and_nothing_else(face, tmp_path, monkeypatch):
    """An npm of our own that puts one file where each is expected."""
    script = "import pathlib, shutil, sys\n" + "\n".join(
        f"p = pathlib.Path('node_modules/{source}'); p.parent.mkdir(parents=True, exist_ok=True); shutil.copy({str(face)!r}, p)" for source in fetch.COPIES)
    (tmp_path / "npm.py").write_text(script + "\nsys.exit(0 if '--ignore-scripts' in sys.argv and '--omit=dev' in sys.argv else 9)")
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\nexec {sys.executable} {tmp_path}/npm.py \"$@\"\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert fetch.fetch(tmp_path / "vendor") is True
    assert (tmp_path / "vendor/fonts/hai-dang-so-700.woff2").is_file() and (tmp_path / "vendor/vega/vega.min.js").is_file()
    assert fetch.fetch(tmp_path / "vendor") is False


def test_the_set_up_starts_without_the_whole_site():
    done = subprocess.run([sys.executable, "-c", "import sys, web.assets.fetch; print([n for n in ('flask', 'sqlalchemy', 'fontTools') if n in sys.modules])"],
                          capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_static_file_is_called_by_its_content_and_kept_for_ever(site):
    client = visitor(site)
    address = re.search(r'href="(/static/style\.css\?v=[0-9a-f]{10})"', client.get("/").text)[1]
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/style.css").headers["Cache-Control"]


def test_the_machine_has_or_is_given_an_npm():
    assert shutil.which("npm") or fetch._npm()


def test_a_site_starts_without_fonts_but_tests_do_not(tmp_path, monkeypatch, capsys):
    def nothing(target=None, dev=None):
        raise fetch._unavailable("npm")

    monkeypatch.setattr(fetch, "fetch", nothing)
    assert fetch.main([]) == 0 and fetch.main(["--dev", str(tmp_path)]) == 2 and fetch.main(["--nonsense"]) == 2
    assert "Các trang vẫn đọc được" in capsys.readouterr().err
