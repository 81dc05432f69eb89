"""OAI-PMH, CSW and DCAT-AP with Hydra's paging: a right listing in two pages, and what only servers of these protocols get wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from support.fault_server import Fault
from support.library_answers import (
    csw_answer,
    csw_exception,
    dublin_core,
    iso_19139,
    oai_answer,
    oai_record,
    oai_refusal,
)
from support.web_server import Handler, Route, reply

PREFIXES = ("@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
            "@prefix hydra: <http://www.w3.org/ns/hydra/core#> .\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A dataset as a listing tells of it."""

    identifier: str
    title: str
    link: str
    format: str


def two_pages(kind: str, told: Sequence[Told], second: str) -> tuple[bytes, bytes, str]:
    """The first page with all but the last dataset, the second with the last, and their media type; `second` is where Hydra finds it."""
    parts = told[:-1], told[-1:]
    if kind == "oai-pmh":
        first, last = (oai_answer([oai_record(one.identifier, dublin_core(title=one.title, relation=one.link)) for one in part], token)
                       for part, token in zip(parts, ("2", ""), strict=True))
    elif kind == "csw":
        first, last = (csw_answer([iso_19139(one.identifier, one.title, links=[one.link]) for one in part], len(told), following)
                       for part, following in zip(parts, (len(told), 0), strict=True))
    else:
        first, last = (PREFIXES + "".join(map(_turtle, part)) + f"<#trang> hydra:totalItems {len(told)} {more} .\n"
                       for part, more in zip(parts, (f"; hydra:next <{second}>", ""), strict=True))
    return first.encode(), last.encode(), "text/turtle" if kind == "dcat-ap" else "text/xml"


def _turtle(one: Told) -> str:
    return (f'<urn:x:{one.identifier}> a dcat:Dataset ; dct:identifier "{one.identifier}" ; dct:title "{one.title}" ;\n'
            f'  dcat:distribution [ dcat:downloadURL <{one.link}> ; dct:format "{one.format}" ] .\n')


def by_page(routes: Mapping[str, Route], top: str) -> Route:
    """The first or the second page, `/1` and `/2` below `top`, for protocols that ask one address for both."""

    def route(handler: Handler) -> None:
        further = handler.params.get("resumptionToken", "1") != "1" or handler.params.get("startPosition", "1") != "1"
        routes[f"{top}/{2 if further else 1}"](handler)

    return route


def _leading_to_itself(body: bytes, media: str) -> Route:
    """OAI-PMH: the token of a page is the one that it was asked for with."""

    def route(handler: Handler) -> None:
        token = handler.params.get("resumptionToken", "1").encode()
        reply(re.sub(rb"<resumptionToken>.*</resumptionToken>", b"<resumptionToken>%s</resumptionToken>" % token, body), content_type=media)(handler)

    return route


def _with_next(body: bytes, following: str) -> bytes:
    """A page of Hydra with another next page, or with its first."""
    return re.sub(rb"; hydra:next <[^>]*>|(?<=\d)  (?=\.)", b"; hydra:next <%s> " % following.encode(), body)


# Of each way the faults that are its protocol's own, made like those of `FAULTS`.
OWN_FAULTS: Mapping[str, Mapping[str, Fault]] = {
    "oai-pmh": {
        "refuses": lambda body, media: reply(oai_refusal("badArgument"), content_type=media),
        "has-no-match": lambda body, media: reply(oai_refusal("noRecordsMatch"), content_type=media),
        "lists-nothing": lambda body, media: reply(oai_answer([]), content_type=media),
        "leads-to-itself": _leading_to_itself,
    },
    "csw": {
        "refuses": lambda body, media: reply(csw_exception("NoApplicableCode"), content_type=media),
        "has-no-match": lambda body, media: reply(csw_answer([], 0, 0), content_type=media),
        "lists-nothing": lambda body, media: reply(csw_answer([], 3, 0), content_type=media),
        "leads-to-itself": lambda body, media: lambda handler: reply(
            re.sub(rb'nextRecord="\d+"', b'nextRecord="%s"' % handler.params["startPosition"].encode(), body), content_type=media)(handler),
    },
    "dcat-ap": {
        "says-nothing": lambda body, media: reply(PREFIXES + '<#so> a foaf:Agent ; foaf:name "Sở Y tế" .', content_type=media),
        "lists-nothing": lambda body, media: reply(PREFIXES + '<#c> a dcat:Catalog ; dct:title "Danh mục" .', content_type=media),
        "leads-to-itself": lambda body, media: lambda handler: reply(_with_next(body, handler.path), content_type=media)(handler),
        "leads-inside": lambda body, media: reply(_with_next(body, "http://169.254.169.254/latest/"), content_type=media),
    },
}
