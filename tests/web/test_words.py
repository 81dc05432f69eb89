"""Words: every sentence has its English, languages keep to their addresses, numbers and days read as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from support.visiting import visitor

from web import formats, markup

WEB = Path(str(files("web")))
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}


@pytest.fixture(scope="module")
def catalogue():
    with (WEB / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def messages():
    """Every sentence in code and templates: identifier -> where it stands."""
    found = extract_from_dir(WEB, method_map=[("templates/**.html", "jinja2"), ("**.py", "python")], keywords=KEYWORDS,
                             options_map={"templates/**.html": {"silent": "false"}})
    return {message[0] if isinstance(message, tuple) else message: f"{name}:{line}" for name, line, message, _, _ in found}


def test_the_pages_have_sentences(messages):
    assert len(messages) > 150


def test_every_sentence_has_its_english(messages, catalogue):
    missing = [f"{place} {identifier}" for identifier, place in messages.items()
               if (entry := catalogue.get(identifier)) is None or not entry.string
               or isinstance(entry.string, tuple) and not all(entry.string)]
    assert missing == []


def test_no_translation_is_a_guess(catalogue):
    assert [entry.id for entry in catalogue if entry.id and entry.fuzzy] == []


def test_translations_name_the_same_facts(catalogue):
    wrong = [(entry.id, error) for entry in catalogue if entry.id for error in entry.check(catalogue)]
    assert wrong == []


@pytest.fixture
def app(site):
    return visitor(site).application


def in_language(app, lang):
    return app.test_request_context("/?lang=en" if lang == "en" else "/")


def test_the_plain_address_is_vietnamese_whatever_the_browser_says(site):
    client = visitor(site)
    assert '<html lang="vi">' in client.get("/", headers={"Accept-Language": "en"}).text
    assert '<html lang="en">' in client.get("/?lang=en").text
    assert '<html lang="vi">' in client.get("/?lang=zz").text


def test_reading_sets_no_cookie(site):
    client = visitor(site)
    for path in ("/", "/?lang=en", "/dataset?q=x"):
        assert "Set-Cookie" not in client.get(path).headers


@pytest.mark.parametrize(("lang", "expected"), [
    ("vi", ["1.148", "65,5%", "100%", "1,2 MB", "512 B", "2 giờ 5 phút", "1 ngày", "3 phút trước", "30/09/2024 09:45"]),
    ("en", ["1,148", "65.5%", "100%", "1.2 MB", "512 B", "2 hours 5 minutes", "1 day", "3 minutes ago", "30/09/2024 09:45"]),
])
def test_figures_read_as_people_write_them(app, clock, lang, expected):
    with in_language(app, lang):
        assert [
            formats.number(1148), formats.share(Fraction(19, 29)), formats.share(1.0), formats.size(1_258_291), formats.size(512),
            formats.duration(timedelta(hours=2, minutes=5)), formats.duration(86_400), formats.ago(clock.now() - timedelta(seconds=190)),
            formats.moment(datetime(2024, 9, 30, 2, 45, tzinfo=UTC)),
        ] == expected


def test_days_are_those_of_vietnam(app):
    with in_language(app, "vi"):
        assert formats.day(datetime(2024, 9, 29, 18, 0, tzinfo=UTC)) == "30/09/2024"
        assert formats.day("2024-09-29T18:00:00.000000") == "30/09/2024" and formats.day(date(2024, 1, 2)) == "02/01/2024"
        assert formats.day(None) == "" and formats.number(None) == "–"


def test_what_is_long_ago_is_said_by_its_day(app, clock):
    with in_language(app, "vi"):
        assert formats.ago(clock.now() - timedelta(days=40)) == "21/08/2024" and formats.ago(clock.now()) == "vừa xong"


@pytest.mark.parametrize("text", [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", '<img src=x onerror="alert(1)">', "<a href='data:text/html,x'>y</a>",
    '<p style="position:fixed">z</p>', "<iframe src='//evil.test'></iframe>",
])
def test_descriptions_can_do_no_harm(text):
    html = markup.to_html(text)
    for danger in ("<script", '="javascript:', "onerror", "data:text", "style=", "<iframe"):
        assert danger not in html


def test_descriptions_keep_what_markdown_means():
    assert markup.to_html("# A\n\n**b** [c](https://x.test)") == (
        '<h3>A</h3>\n<p><strong>b</strong> <a href="https://x.test" rel="nofollow noopener noreferrer">c</a></p>\n')


def test_headings_of_a_description_go_down_one_level_at_a_time():
    html = str(markup.to_html("## Một\n\n#### Hai\n\n## Ba\n"))
    assert html == "<h3>Một</h3>\n<h4>Hai</h4>\n<h3>Ba</h3>\n"


def test_a_line_is_plain_text_cut_at_a_word():
    assert markup.to_line("**Nước** & [sông](https://x.test)\n\nhồ") == "Nước & sông hồ"
    assert markup.to_line("một hai ba bốn", 9) == "một hai…" and len(markup.to_line("x" * 100_000)) == 220


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(("template", "vi", "en"), [
    ("{{ _('Chính') }}", "Chính", "Main"), ("{{ _('<i>') }}", "<i>", "<i>"), ("{{ _('Tệp %(name)s', name='<b>') }}", "Tệp &lt;b&gt;", "Tệp &lt;b&gt;"),
    ("{{ _('50%% %(a)s', a=1) }}", "50% 1", "50% 1"), ("{{ _('50%%') }}", "50%", "50%"), ("{{ gettext('Chính') }}", "Chính", "Main")])
def test_sentences_of_templates_are_translated_formatted_and_what_stands_in_them_escaped(site, lang, template, vi, en):
    app = visitor(site).application
    with app.test_request_context(f"/?lang={lang}"):
        said = app.jinja_env.from_string(template).render()
    assert said == (vi if lang == "vi" else en)
