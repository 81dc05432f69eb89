"""Licence, theme, frequency, dates and files of every kind of source in the catalogue's words, over all that the entry points name."""

from __future__ import annotations

from typing import Any

import pytest
from support.sources import KINDS
from support.web_server import WebServer

from catalog.licences import is_open
from catalog.net import Net
from harvesters.base import every_page
from harvesters.completing import in_full
from harvesters.connectors import connect, kinds

OPEN = {"license_id": "cc-by"}
HEALTH = {"groups": ["y-te"]}
MONTHLY = {"frequency": "monthly"}
SEPTEMBER = "2024-09-01T00:00:00"
CSV = {"format": "CSV", "media_type": "text/csv"}

# What the served answers of each kind say (support/sources.py, support/kinds/): of the dataset, of its dates, and of its first file.
SAID: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, Any]]] = {
    "arcgis-hub": (OPEN | HEALTH, {"origin_modified": SEPTEMBER, "issued": SEPTEMBER}, CSV),
    "arcgis-server": (OPEN, {}, CSV),
    "ckan": (OPEN | HEALTH | MONTHLY, {"origin_metadata_modified": f"{SEPTEMBER}.123456"}, CSV | {"last_modified": SEPTEMBER}),
    "csw": (OPEN, {}, {"format": "CSV"}),
    "data-package": (OPEN, {"issued": f"{SEPTEMBER}Z"}, CSV | {"size": "12"}),
    "dcat-ap": (OPEN | HEALTH | MONTHLY, {"origin_modified": "2024-09-01"}, CSV),
    "dcat-us": (OPEN | HEALTH | MONTHLY, {"origin_modified": "2024-09-01"}, CSV),
    "directory": ({}, {}, {"format": "CSV", "last_modified": "2024-09-30T10:00:00"}),
    "file": ({}, {}, CSV),
    "iso-folder": (OPEN, {}, {"format": "CSV"}),
    "json-stat": ({}, {}, CSV),
    "oai-pmh": (OPEN, {"origin_metadata_modified": "2024-09-01"}, {"format": "CSV"}),
    "opendatasoft": (OPEN | HEALTH | MONTHLY, {"origin_modified": SEPTEMBER}, CSV | {"last_modified": "2024-09-01T01:02:03.456000"}),
    "px-file": ({}, {"origin_modified": "2024-09-30T08:00:00"}, CSV | {"last_modified": "2024-09-30T08:00:00"}),
    "px-web": ({}, {"origin_modified": "2024-09-30T08:00:00"}, CSV | {"last_modified": "2024-09-30T08:00:00"}),
    "sdmx": ({}, {}, CSV),
    "sftp": ({}, {}, {"format": "CSV"}),
    "sql": ({}, {}, {"format": "CSV"}),
    "socrata": (OPEN | HEALTH | MONTHLY, {"origin_modified": SEPTEMBER}, CSV | {"last_modified": SEPTEMBER}),
    "upload": ({}, {}, {"format": "CSV"}),
    "webdav": ({}, {}, {"format": "CSV"}),
    "udata": (OPEN | MONTHLY, {"origin_modified": SEPTEMBER}, CSV | {"last_modified": SEPTEMBER, "size": "120"}),
}


def test_it_is_written_down_for_every_kind():
    assert set(SAID) == set(kinds())


@pytest.mark.parametrize("kind", sorted(SAID))
def test_what_a_source_says_arrives_in_the_catalogues_words(server: WebServer, net: Net, kind: str):
    of_dataset, dates, of_file = SAID[kind]
    connector = connect(kind, KINDS[kind].serve(server, [KINDS[kind].entry(0)]), net)
    items = [item for page in every_page(connector) for item in page.items]
    record = connector.describe(in_full(connector, items)[0] if items[0].raw is None else items[0])
    assert {key: record.metadata[key] for key in of_dataset} == of_dataset
    assert not of_dataset.get("license_id") or is_open(of_dataset["license_id"])
    extras = {extra["key"]: extra["value"] for extra in record.metadata["extras"]}
    assert {key: extras.get(key) for key in dates} == dates
    file = record.resources[0]
    size = {"size": file.extras.get("byte_size") or file.extras.get("origin_size")}
    shown = {"format": file.format.upper(), "media_type": file.media_type, "last_modified": file.last_modified, **size}
    assert {key: shown[key] for key in of_file} == of_file
