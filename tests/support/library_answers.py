"""Answers of repositories and map catalogues, written by hand in the shape that real ones have."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

OAI = "http://www.openarchives.org/OAI/2.0/"


def oai_document(inner: str) -> str:
    return (f'<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="{OAI}"><responseDate>2024-09-30T05:00:00Z</responseDate>'
            f'<request verb="ListRecords">http://mo.example.vn/oai</request>{inner}</OAI-PMH>')


def oai_answer(records: Iterable[str], token: str = "", total: int | None = None, verb: str = "ListRecords") -> str:
    """A page of a listing; an empty token ends it."""
    size = f' completeListSize="{total}"' if total is not None else ""
    return oai_document(f"<{verb}>{''.join(records)}<resumptionToken{size}>{escape(token)}</resumptionToken></{verb}>")


def oai_refusal(code: str) -> str:
    return oai_document(f'<error code="{code}">words of the server</error>')


def oai_record(identifier: str, metadata: str) -> str:
    return (f"<record><header><identifier>{identifier}</identifier><datestamp>2024-09-01</datestamp><setSpec>mo</setSpec></header>"
            f"<metadata>{metadata}</metadata></record>")


def oai_deleted(identifier: str) -> str:
    return f'<record><header status="deleted"><identifier>{identifier}</identifier><datestamp>2024-09-01</datestamp></header></record>'


def dublin_core(**terms: str | Iterable[str] | None) -> str:
    """Simple Dublin Core; a term may have several values."""
    values = [(term, value) for term, given in terms.items() if given for value in ([given] if isinstance(given, str) else given)]
    inner = "".join(f"<dc:{term}>{escape(value)}</dc:{term}>" for term, value in values)
    return f'<oai_dc:dc xmlns:oai_dc="{OAI}oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">{inner}</oai_dc:dc>'


def character(tag: str, text: str | None) -> str:
    return f"<gmd:{tag}><gco:CharacterString>{escape(text)}</gco:CharacterString></gmd:{tag}>" if text else ""


def iso_19139(identifier: str, title: str | None, *, constraint: str | None = None, links: Iterable[str] = (), inside: str = "",
              beside: str = "") -> str:
    """A metadata record; `inside` goes into its identification, `beside` into the record itself."""
    online = "".join(f"<gmd:onLine><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{escape(url)}</gmd:URL></gmd:linkage></gmd:CI_OnlineResource></gmd:onLine>"
                     for url in links)
    limits = f"<gmd:resourceConstraints><gmd:MD_LegalConstraints>{character('otherConstraints', constraint)}</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
    return (
        '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco" '
        'xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:srv="http://www.isotc211.org/2005/srv">'
        f"{character('fileIdentifier', identifier)}<gmd:language><gco:CharacterString>vie</gco:CharacterString></gmd:language>"
        f"<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>{character('title', title)}</gmd:CI_Citation></gmd:citation>"
        f"{limits if constraint else ''}{inside}</gmd:MD_DataIdentification></gmd:identificationInfo>{beside}"
        f"<gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions>{online}</gmd:MD_DigitalTransferOptions>"
        "</gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo></gmd:MD_Metadata>")


def csw_answer(records: Iterable[str], total: int | str, following: int | str | None, version: str = "2.0.2") -> str:
    """A page of GetRecords; `following` is nextRecord, left out where it is None."""
    found = list(records)
    home = "http://www.opengis.net/cat/csw/" + ("2.0.2" if version.startswith("2") else "3.0")
    following = "" if following is None else f' nextRecord="{following}"'
    return (f'<?xml version="1.0" encoding="UTF-8"?><csw:GetRecordsResponse xmlns:csw="{home}" version="{version}">'
            f'<csw:SearchStatus timestamp="2024-09-30T05:00:00Z"/><csw:SearchResults numberOfRecordsMatched="{total}" '
            f'numberOfRecordsReturned="{len(found)}"{following} elementSet="full">{"".join(found)}</csw:SearchResults></csw:GetRecordsResponse>')


def csw_exception(code: str) -> str:
    return (f'<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows" version="1.0.0"><ows:Exception exceptionCode="{code}">'
            "<ows:ExceptionText>words of the server</ows:ExceptionText></ows:Exception></ows:ExceptionReport>")
