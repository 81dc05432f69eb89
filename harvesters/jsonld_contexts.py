"""JSON-LD contexts, put into a document before it is read, so that reading it never asks the network for one.

A context that a document names by address is replaced by what is known here of DCAT's, schema.org's and Hydra's; another
one is fetched through the guarded way out if it lies on the source's own host or the operator has allowed it, else refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from harvesters.dcat_names import PREFIXES, context_terms

CONTEXTS = 20  # of one document, those that they name included
TERMS = 4_000_000  # of all contexts of a document, each counted wherever it stands: about 10 seconds' work
Fetch = Callable[[str], Any]

_DCAT = re.compile(
    r"(www\.)?w3\.org/ns/dcat\d?(\.jsonld)?#?|semiceu\.github\.io/.+\.jsonld|raw\.githubusercontent\.com/SEMICeu/DCAT-AP/.+\.jsonld"
    r"|(data\.europa\.eu/r5r|joinup\.ec\.europa\.eu)/.*|project-open-data\.cio\.gov/v1\.1/schema/(catalog|data)\.jsonld"
    r"|[^?#]+/dcat-us[^/?#]*\.jsonld|[^?#]+/dcat-ap[^/?#]*\.jsonld", re.IGNORECASE)
_SCHEMA = re.compile(r"(www\.)?schema\.org(/|/docs/jsonldcontext\.jsonl?d?|/docs/jsonldcontext\.json)?", re.IGNORECASE)
_HYDRA = re.compile(r"(www\.)?w3\.org/ns/hydra/(context\.jsonld|core#?)", re.IGNORECASE)


def known_context(address: str) -> dict[str, Any] | None:
    """What stands here for a context of the field; None for one that is not known."""
    parts = urlsplit(address)
    place = parts.netloc + parts.path
    if parts.scheme not in ("http", "https"):
        return None
    if _HYDRA.fullmatch(place):
        hydra = PREFIXES["hydra"]
        links = ("next", "nextPage", "first", "last", "previous", "view", "member")
        return {"hydra": hydra, "totalItems": hydra + "totalItems", "Collection": hydra + "Collection",
                "PartialCollectionView": hydra + "PartialCollectionView", "PagedCollection": hydra + "PagedCollection",
                **{name: {"@id": hydra + name, "@type": "@id"} for name in links}}
    if _SCHEMA.fullmatch(place.rstrip("/") or place):
        links = ("dataset", "distribution", "contentUrl", "url", "license")
        return {"@vocab": PREFIXES["schema"], "schema": PREFIXES["schema"],
                **{name: {"@id": PREFIXES["schema"] + name, "@type": "@id"} for name in links}}
    return context_terms() if _DCAT.fullmatch(place) else None


class ContextsTooLarge(Exception):
    """A document whose contexts have more terms, taken together, than any needs."""


class Inliner:
    """Puts contexts in the place of their addresses, everywhere in a document."""

    def __init__(self, base: str, allowed: Callable[[str], bool], fetch: Fetch) -> None:
        self._base, self._allowed, self._fetch = base, allowed, fetch
        self._found: dict[str, Any] = {}
        self._terms = 0

    def inline(self, document: Any) -> Any:
        """The document, changed in place; Trouble for a context that may not be fetched, or that is none; ContextsTooLarge."""
        waiting = [document]
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                for key, inner in value.items():
                    if key == "@context":
                        value[key] = self._resolved(inner, self._base)
                    elif isinstance(inner, Mapping) and "@value" in inner:
                        value[key] = [inner]  # a text stays a text where a context expects a map of languages
                        waiting.append(inner)
                    else:
                        waiting.append(inner)
        return document

    def _resolved(self, context: Any, base: str) -> Any:
        """A context without addresses: the object that each stands for, what it imports included."""
        if isinstance(context, list):
            return [inner for part in context for inner in _as_list(self._resolved(part, base))]
        if isinstance(context, str):
            return self._counted(self._of(urljoin(base, context)))
        if isinstance(context, dict):
            imported = self._resolved(context["@import"], base) if isinstance(context.get("@import"), str) else {}
            merged = {key: value for part in _as_list(imported) if isinstance(part, dict) for key, value in part.items()}
            return self.inline(self._counted({**merged, **{key: value for key, value in context.items() if key != "@import"}}))
        return context

    def _counted(self, context: Any) -> Any:
        """The context; ContextsTooLarge where its terms are too many with those of the contexts before."""
        self._terms += sum(1 + (len(part) if isinstance(part, Mapping) else 0) for part in _as_list(context))
        if self._terms > TERMS:
            raise ContextsTooLarge
        return context

    def _of(self, address: str) -> Any:
        if address not in self._found:
            self._found[address] = {}  # one that names itself adds nothing
            if len(self._found) > CONTEXTS:
                raise Trouble(Issue("jsonld-context-refused", Place(url=self._base), {"context": address[:300]}))
            known = known_context(address)
            self._found[address] = known if known is not None else self._fetched(address)
        return self._found[address]

    def _fetched(self, address: str) -> Any:
        if not self._allowed(address):
            raise Trouble(Issue("jsonld-context-refused", Place(url=self._base), {"context": address[:300]}))
        answer = self._fetch(address)
        if not isinstance(answer, Mapping) or "@context" not in answer:
            raise Trouble(Issue("listing-of-another-kind", Place(url=address[:500]), {"expected": "@context"}))
        return self._resolved(answer["@context"], address)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
