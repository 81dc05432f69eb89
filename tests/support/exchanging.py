"""A small catalogue of which every text and address is as bad as a source can make it, and readers of what is made of it."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rdflib import Graph
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from catalog.models import Dataset, Resource, Theme
from catalog.site import Site
from support.publishing import furnish, publish, publish_with_file

SHAPES = Path(__file__).parent / "shapes"
ODD = "Bảng \"kê\" <script>alert(1)</script> & ]]> \x0b\x1f\ufffe\\ {x} \u202e"
ADDRESSES = ("http://nguồn.test/tệp số 1.csv?q=a b&c=[1]#phần", "javascript:alert(1)", "http://[bad", "http://x.test/\"<>\\^`{|}%zz", "chỉ là chữ",
             "ftp://x.test/a.csv", "http://u:p@x.test:8080/b.csv")


def fill(site: Site) -> str:
    """Publish: one dataset with a copy held here, one with hostile texts and addresses, one without anything; the name of the first."""
    furnish(site)
    with site.writing() as session:
        session.add(Theme(name="hanh-chinh", title_vi="Hành chính", title_en="Government", created=site.clock.now()))
    publish_with_file(
        site, name="phong-kham", title="Phòng khám tư nhân", notes="Danh sách **phòng khám**.", license_id="cc-by", tags=[{"name": "y tế"}],
        groups=[{"name": "y-te"}], maintainer="Phòng Nghiệp vụ Y", maintainer_email="nvy@example.gov.vn", url="https://soyte.example/phòng khám",
        extras=[{"key": "spatial", "value": "Vũng Tàu"}, {"key": "temporal", "value": "2023-01-01/2023-12"}, {"key": "rights", "value": "Ghi nguồn"}])
    _own_facts(site, "phong-kham", frequency="monthly", title_en="Private clinics", illustrative=True)
    publish(site, name="du-lieu-xau", title="x", license_id="VN-ND47-2020-D18", groups=[{"name": "hanh-chinh"}],
            extras=[{"key": "spatial", "value": '{"type": "Point", "coordinates": [107, 10]}'}, {"key": "temporal", "value": "khi nào/đó"}],
            resources=[{"url": "http://x.test/", "name": str(number), "format": "CSV"} for number in range(len(ADDRESSES))])
    with site.writing() as session:
        bad = session.scalars(select(Dataset).where(Dataset.name == "du-lieu-xau")).one()
        bad.title, bad.notes, bad.title_en, bad.author, bad.maintainer = ODD, ODD, ODD, ODD, ODD
        bad.maintainer_email, bad.url, bad.tags, bad.version = "a b@c>", ADDRESSES[0], [ODD, "y tế"], ODD
        for resource, address in zip(bad.resources, ADDRESSES, strict=True):
            resource.name, resource.description, resource.url, resource.mimetype = ODD, ODD, address, "text/<b>"
            resource.format, resource.size = ("CSV" if resource.position else ODD[:60]), -1
    return "phong-kham"


def _own_facts(site: Site, name: str, **facts: Any) -> None:
    with site.writing() as session:
        dataset = session.scalars(select(Dataset).where(Dataset.name == name)).one()
        for key, value in facts.items():
            setattr(dataset, key, value)


def give_bytes(site: Site, name: str, data: bytes) -> None:
    """Keep real bytes as the live version of the dataset's first file."""
    from catalog.models import Version

    with site.writing() as session:
        resource = session.scalars(select(Resource).join(Dataset).where(Dataset.name == name).order_by(Resource.position)).first()
        assert resource is not None
        version = session.get_one(Version, resource.version_id)
        version.sha256, version.size = site.files.put_bytes(data), len(data)


def rdf(data: bytes, form: str) -> Graph:
    """The statements of a document; what rdflib's own parser of JSON-LD says of rdflib's older names is no concern of ours."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
        return Graph().parse(data=data, format=form)


def violations(graph: Graph, shapes: Path = SHAPES / "dcat_ap_3.ttl") -> list[str]:
    """What breaks the shapes, one line each; nothing is inferred and nothing is loaded beside the graph."""
    import pyshacl

    found = pyshacl.validate(graph, shacl_graph=Graph().parse(shapes), inference="none", advanced=True)[1]
    rows = found.query("""PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT ?node ?path ?value ?message WHERE { ?r a sh:ValidationResult ; sh:resultSeverity sh:Violation ; sh:focusNode ?node .
        OPTIONAL { ?r sh:resultPath ?path } OPTIONAL { ?r sh:value ?value } OPTIONAL { ?r sh:resultMessage ?message } }""")
    return sorted(" | ".join(str(part) for part in row) for row in rows)


class _Silent(WSGIRequestHandler):
    """A server that writes no log."""

    def log(self, *_: object) -> None:
        pass


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The address of the site, really served; the site says its own addresses by the one that it is asked under."""
    from dataclasses import replace

    from web import create_app

    own = replace(site, settings=replace(site.settings, site_url=""))
    server = make_server("127.0.0.1", 0, create_app(own), threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


