"""The catalogue for other portals, search engines and programs: RDF, JSON documents, feeds, site map, OAI-PMH."""

from web.exchange import data_json, documents, rdf
from web.exchange.door import bp

__all__ = ["bp", "data_json", "documents", "rdf"]
