"""An OAI-PMH 2.0 repository (https://www.openarchives.org/OAI/openarchivesprotocol.html): a request's arguments become its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from lxml import etree
from sqlalchemy import select

from catalog.actions import lookup
from catalog.actions.context import Context
from catalog.exchange import oai_listing as listing
from catalog.exchange.entries import entries
from catalog.exchange.oai_listing import Wanted
from catalog.exchange.oai_records import FORMATS, OAI, XSI, add, header, identifier, metadata
from catalog.exchange.portal import portal
from catalog.exchange.wording import moment, plain
from catalog.models import Dataset

_SELECTIVE = {"from", "until", "set"}
# What each verb takes: what it must have, and what it may have beside it.
ARGUMENTS: dict[str, tuple[set[str], set[str]]] = {
    "Identify": (set(), set()), "ListMetadataFormats": (set(), {"identifier"}), "ListSets": (set(), {"resumptionToken"}),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()), "ListIdentifiers": ({"metadataPrefix"}, _SELECTIVE),
    "ListRecords": ({"metadataPrefix"}, _SELECTIVE),
}


class Refused(Exception):
    """The protocol's own errors: a code and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def answer(context: Context, arguments: Sequence[tuple[str, str]]) -> bytes:
    """The answer to a request with these arguments, an error of the protocol among them."""
    root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} {OAI}OAI-PMH.xsd")
    add(root, "responseDate", moment(context.now))
    request = add(root, "request", f"{context.site_url}/oai")
    try:
        given = _checked(arguments)
        for name, value in given.items():
            request.set(name, plain(value))
        _VERBS[given["verb"]](context, given, root)
    except Refused as refused:
        if refused.code in ("badVerb", "badArgument"):
            request.attrib.clear()
        for element in root[2:]:
            root.remove(element)
        add(root, "error", str(refused), code=refused.code)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _checked(arguments: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The arguments, each given once and all of them known to the verb."""
    given = dict(arguments)
    verb = given.get("verb", "")
    if verb not in ARGUMENTS or sum(name == "verb" for name, _ in arguments) > 1:
        raise Refused("badVerb", "The verb is missing, repeated or not one of the protocol's")
    required, optional = ARGUMENTS[verb]
    names = [name for name, _ in arguments if name != "verb"]
    if "resumptionToken" in names and verb in ("ListIdentifiers", "ListRecords"):
        required, optional = {"resumptionToken"}, set()
    if len(names) > len(set(names)) or not required <= set(names) <= required | optional:
        raise Refused("badArgument", f"{verb} takes {', '.join(sorted(required | optional)) or 'no argument'}, each once")
    return given


def _identify(context: Context, given: Mapping[str, str], root: etree._Element) -> None:
    own = portal(context)
    made = add(root, "Identify")
    add(made, "repositoryName", own.title[0])
    add(made, "baseURL", f"{context.site_url}/oai")
    add(made, "protocolVersion", "2.0")
    add(made, "adminEmail", own.mail.removeprefix("mailto:") if own.mail else f"postmaster@{_host(context)}")
    add(made, "earliestDatestamp", moment(listing.earliest(context.session)))
    add(made, "deletedRecord", "transient")  # one that is purged or no longer public leaves no tombstone
    add(made, "granularity", "YYYY-MM-DDThh:mm:ssZ")


def _host(context: Context) -> str:
    return urlsplit(context.site_url).hostname or "localhost"


def _formats(context: Context, given: Mapping[str, str], root: etree._Element) -> None:
    if "identifier" in given:
        _dataset(context, given["identifier"])
    made = add(root, "ListMetadataFormats")
    for prefix, (schema, namespace) in FORMATS.items():
        form = add(made, "metadataFormat")
        for name, text in (("metadataPrefix", prefix), ("schema", schema), ("metadataNamespace", namespace)):
            add(form, name, text)


def _sets(context: Context, given: Mapping[str, str], root: etree._Element) -> None:
    if "resumptionToken" in given:
        raise Refused("badResumptionToken", "The sets are listed whole")
    made = add(root, "ListSets")
    for name, title in listing.sets(context.session):
        one = add(made, "set")
        add(one, "setSpec", name)
        add(one, "setName", plain(title))


def _record(context: Context, given: Mapping[str, str], root: etree._Element) -> None:
    dataset = _dataset(context, given["identifier"])
    _require_format(given["metadataPrefix"])
    _records(context, add(root, "GetRecord"), [dataset], given["metadataPrefix"])


def _dataset(context: Context, given: str) -> Dataset:
    """The dataset of an identifier, published or gone."""
    wanted = given.rpartition(":")[2]
    found = context.session.scalar(select(Dataset).where(Dataset.id == plain(wanted), Dataset.state.in_(listing.STATES), Dataset.private.is_(False)))
    if found is None or given != identifier(found.id, _host(context)):
        raise Refused("idDoesNotExist", "There is no record with this identifier")
    return found


def _require_format(prefix: str) -> None:
    if prefix not in FORMATS:
        raise Refused("cannotDisseminateFormat", f"The formats are {', '.join(FORMATS)}")


def _listed(context: Context, given: Mapping[str, str], root: etree._Element) -> None:
    """ListRecords or ListIdentifiers: a page, and the token with which it goes on."""
    secret = context.site.settings.secret_key
    wanted = listing.resumed(given["resumptionToken"], secret) if "resumptionToken" in given else _wanted(context, given)
    if wanted is None:
        raise Refused("badResumptionToken", "The token is not one of this repository's")
    datasets, following = listing.page(context.session, wanted)
    if not datasets:
        raise Refused("noRecordsMatch", "Nothing matches what is asked for")
    made = add(root, given["verb"])
    if given["verb"] == "ListRecords":
        _records(context, made, datasets, wanted.prefix)
    else:
        _headers(context, made, datasets)
    if following or wanted.seen:
        total = following.total if following else wanted.total
        add(made, "resumptionToken", listing.token(following, secret) if following else None, completeListSize=str(total), cursor=str(wanted.seen))


def _wanted(context: Context, given: Mapping[str, str]) -> Wanted:
    """What a request without a token asks for."""
    _require_format(given["metadataPrefix"])
    bounds = {name: listing.bound(given[name], end=name == "until") for name in ("from", "until") if name in given}
    lengths = {len(given[name]) for name in bounds}
    if None in bounds.values() or len(lengths) > 1 or ("from" in bounds and "until" in bounds and bounds["from"] >= bounds["until"]):
        raise Refused("badArgument", "from and until are days or moments of the same form (YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ), in their order")
    name = given.get("set", "")
    if name and name not in dict(listing.sets(context.session)):
        raise Refused("noRecordsMatch", "There is no such set")
    since, until = bounds.get("from"), bounds.get("until")
    return replace(Wanted(prefix=given["metadataPrefix"], set=name), since=since.isoformat() if since else "", until=until.isoformat() if until else "")


def _headers(context: Context, parent: etree._Element, datasets: Sequence[Dataset]) -> None:
    sets = _sets_of(context, datasets)
    for dataset in datasets:
        header(parent, dataset, sets[dataset.id], _host(context))


def _sets_of(context: Context, datasets: Sequence[Dataset]) -> dict[str, list[str]]:
    """The sets of each dataset, by its id."""
    lookup.agencies(context.session, (dataset.owner_org for dataset in datasets))
    owners = {dataset.id: lookup.agency(context.session, dataset.owner_org) for dataset in datasets if dataset.owner_org}
    themes = {name for name, theme in lookup.themes(context.session).items() if theme.state == "active"}
    return {dataset.id: [*([listing.AGENCY + owner.slug] if (owner := owners.get(dataset.id)) and owner.state == "active" else []),
                         *(listing.THEME + name for name in dataset.groups if name in themes)] for dataset in datasets}


def _records(context: Context, parent: etree._Element, datasets: Sequence[Dataset], prefix: str) -> None:
    own = portal(context)
    living = {entry.id: entry for entry in entries(context, [dataset for dataset in datasets if dataset.state != "deleted"])}
    sets = _sets_of(context, datasets)
    for dataset in datasets:
        made = add(parent, "record")
        header(made, dataset, sets[dataset.id], _host(context))
        if dataset.id in living:
            metadata(made, own, living[dataset.id], prefix)


_VERBS: dict[str, Callable[[Context, Mapping[str, str], etree._Element], None]] = {
    "Identify": _identify, "ListMetadataFormats": _formats, "ListSets": _sets, "GetRecord": _record, "ListIdentifiers": _listed, "ListRecords": _listed,
}
