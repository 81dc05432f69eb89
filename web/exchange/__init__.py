"""The catalogue for other portals, search engines and programs: RDF, JSON documents, feeds, site map, OAI-PMH."""

from web.exchange import crawlers, data_json, documents, feeds, harvesting, rdf
from web.exchange.door import bp

__all__ = ["bp", "crawlers", "data_json", "documents", "feeds", "harvesting", "rdf"]
