"""XML from outside: nothing is expanded or fetched, nothing that is cut off is taken for whole."""

from __future__ import annotations

import pytest
from support.web_server import WebServer, reply

from catalog.errors import Trouble
from catalog.issues import say
from harvesters.xml_answers import (
    attribute,
    children,
    first,
    local,
    namespace,
    parsed,
    text_at,
    texts_at,
    words,
)

LAUGHS = '<!DOCTYPE a [<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)) + "]><a>&l11;</a>"


def refusal(body: bytes | str) -> tuple[str, dict]:
    with pytest.raises(Trouble) as caught:
        parsed(body.encode() if isinstance(body, str) else body, "http://mo.example.vn/x", "OAI-PMH")
    for language in ("vi", "en"):
        assert "bí mật" not in say(caught.value.issue, language).what
    return caught.value.issue.code, dict(caught.value.issue.facts)


@pytest.mark.parametrize("body", [
    LAUGHS, '<!DOCTYPE a SYSTEM "http://mo.example.vn/a.dtd"><a/>', '<?xml version="1.0"?>\n<!-- c -->\n<!DOCTYPE a [<!ATTLIST a b CDATA "x">]><a/>',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', '<!DOCTYPE a [<!ENTITY % x "y">]><a/>',
    '<!DOCTYPE a [<!ENTITY x "bí mật">]><a b="&x;"/>'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_with_a_type_declaration_is_refused(body, encoding):
    assert refusal(body.encode(encoding))[0] == "xml-with-dtd"


def test_nothing_is_fetched_for_a_document(server: WebServer):
    server.routes["/x.dtd"] = server.routes["/x.xsd"] = reply("bí mật")
    assert refusal(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{server.url("/x.dtd")}">]><a>&x;</a>')[0] == "xml-with-dtd"
    root = parsed((f'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a {server.url("/x.xsd")}">'
                   f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{server.url("/x.dtd")}"/></a>').encode(), "u", "x")
    assert words(root) == ""
    assert server.asked == []


@pytest.mark.parametrize("body", [
    "<a><b>", "<a></b>", "<a>&nbsp;</a>", "<a>&bogus;</a>", "<a>x & y</a>", "<a/><b/>", '<a b="1" b="2"/>', "<p:a/>", "<a>\ud7ff</a", "<?xml version='1.0'?>",
    b"<a>\xff\xfe</a>", '<?xml version="1.0" encoding="no-such"?><a/>', "<a>" * 5_000 + "</a>" * 5_000, "<" + "a" * 100, "<a>&#xD800;</a>"])
def test_a_document_that_is_broken_or_cut_off_is_refused_whole(body):
    code, facts = refusal(body)
    assert code == "xml-broken"
    assert facts["line"] >= 1


@pytest.mark.parametrize(("body", "code"), [
    ("", "answer-empty"), (b"\xef\xbb\xbf \n", "answer-empty"), ("{}", "listing-of-another-kind"), ("7", "listing-of-another-kind"),
    ("<!DOCTYPE html><title>Đăng nhập</title>", "listing-of-another-kind"), ("<HTML><body>", "listing-of-another-kind")])
def test_what_is_no_xml_is_called_so(body, code):
    assert refusal(body)[0] == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1258", "iso-8859-1"])
def test_every_usual_encoding_is_read(encoding):
    declared = "" if encoding == "utf-8-sig" else f'<?xml version="1.0" encoding="{encoding}"?>'
    assert words(parsed(f"{declared}<a>Huê</a>".encode(encoding), "u", "x")) == "Huê"


def test_control_characters_of_old_repositories_do_not_cost_the_page():
    assert words(parsed(b"\n <a>Ch\x0b\xe1\xbb\xa3&#x1;&#31;&#10;.</a>", "u", "x")) == "Ch ợ\ufffd\ufffd\n."


def test_the_mark_of_another_encoding_before_plain_text_is_passed_over():
    assert local(parsed(b"\xff\xfe<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "u", "x")) == "a"


def test_elements_are_found_by_local_names():
    root = parsed(b'<a xmlns="urn:1" xmlns:x="urn:2"><!-- no --><x:b y="1" x:z=" 2 ">one<?pi?></x:b><b>one</b><c><b> two </b></c><b/></a>', "u", "x")
    assert (local(root), namespace(root), namespace(root[0])) == ("a", "urn:1", "urn:2")
    assert (texts_at(root, "b"), texts_at(root, "*", "b"), text_at(root, "c"), text_at(root, "d")) == (["one"], ["two"], "two", "")
    assert len(list(children(root, "b"))) == 3
    assert (attribute(root[0], "z"), attribute(root[0], "y"), attribute(root[0], "w"), attribute(None, "w")) == ("2", "1", "", "")
    assert first(root, "d") is None
    assert words(None) == ""
