"""A layer's rows on their way into the catalogue: made once, made anew when they change, kept when they cannot be had."""

from __future__ import annotations

from sqlalchemy import select
from support.arcgis_server import LOCKED, LayerOf, points
from support.harvesting import harvest
from support.seeding import add_source
from support.web_server import web_server

from catalog.models import IssueRow, Resource, Version
from catalog.site import Site


def files(site: Site) -> dict[str, tuple[int | None, bool | None]]:
    """Of each file, by its format, the rows of its live version, and whether it could be had last time."""
    with site.reading() as session:
        return {one.format: (session.get_one(Version, one.version_id).rows, one.reachable) for one in session.scalars(
            select(Resource).where(Resource.state == "active"))}


def said(site: Site) -> set[str]:
    with site.reading() as session:
        return set(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None))))


def test_a_layer_goes_the_whole_way(site: Site):
    with web_server() as server:
        layer = LayerOf(features=points(25), cap=10, said={"editingInfo": {"lastEditDate": 1}})
        add_source(site, url=layer.serve(server), connector="arcgis-server")
        assert harvest(site)["counts"] == {"created": 1}
        assert files(site) == {"CSV": (25, True), "GeoJSON": (25, True)}
        server.asked.clear()
        assert harvest(site)["counts"] == {"unchanged": 1}
        assert not [path for _, path, _ in server.asked if "outFields" in path], "the mark says that nothing has changed"
        layer.features, layer.said = points(30), {"editingInfo": {"lastEditDate": 2}}
        assert harvest(site)["counts"] == {"updated": 1}
        assert files(site) == {"CSV": (30, True), "GeoJSON": (30, True)}
        layer.count, layer.said = 99, {"editingInfo": {"lastEditDate": 3}}
        harvest(site)
        assert files(site) == {"CSV": (30, False), "GeoJSON": (30, False)}, "what is live stays"
        assert "layer-rows-missing" in said(site)
        layer.answer = lambda _: LOCKED
        harvest(site, forced=True)
        assert files(site) == {"CSV": (30, False), "GeoJSON": (30, False)}
        assert "arcgis-locked" in said(site)
