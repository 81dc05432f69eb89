"""How a CSW is asked for records: as a query in the address, or as an XML document for servers that take no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

# The standard of description: what outputSchema names it.
SCHEMAS = {
    "iso-19139": "http://www.isotc211.org/2005/gmd", "iso-19115-3": "http://standards.iso.org/iso/19115/-3/mdb/2.0", "dublin-core": "",
}
# The version: its namespace, and that of its filter's version.
VERSIONS = {"2.0.2": ("http://www.opengis.net/cat/csw/2.0.2", "1.1.0"), "3.0.0": ("http://www.opengis.net/cat/csw/3.0", "2.0.0")}


def _asked(options: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Version, namespace, output schema and filter version."""
    version = str(options.get("version") or "2.0.2")
    namespace, filters = VERSIONS.get(version, VERSIONS["2.0.2"])
    return version, namespace, SCHEMAS.get(str(options.get("records") or "iso-19139"), "") or namespace, filters


def as_query(options: Mapping[str, Any], start: int, rows: int) -> dict[str, str]:
    """GetRecords as parameters (2.0.2: clause 10.8.2; 3.0: 7.3.4)."""
    version, namespace, schema, filters = _asked(options)
    params = {
        "service": "CSW", "version": version, "request": "GetRecords", "typeNames": "csw:Record", "resultType": "results",
        "elementSetName": "full", "outputSchema": schema, "outputFormat": "application/xml", "startPosition": str(start), "maxRecords": str(rows),
        "namespace": f"xmlns(csw={namespace})" if version.startswith("2") else f"xmlns(csw,{namespace})",
    }
    if cql := options.get("cql"):
        params |= {"constraintLanguage": "CQL_TEXT", "constraint_language_version": filters, "constraint": str(cql)}
    return params


def as_document(options: Mapping[str, Any], start: int, rows: int) -> bytes:
    """GetRecords as a document to be posted."""
    version, namespace, schema, filters = _asked(options)
    cql = options.get("cql")
    constraint = f'<csw:Constraint version="{filters}"><csw:CqlText>{escape(str(cql))}</csw:CqlText></csw:Constraint>' if cql else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><csw:GetRecords xmlns:csw={quoteattr(namespace)} service="CSW" version={quoteattr(version)} '
        f'resultType="results" outputFormat="application/xml" outputSchema={quoteattr(schema)} startPosition="{start}" maxRecords="{rows}">'
        f'<csw:Query typeNames="csw:Record"><csw:ElementSetName>full</csw:ElementSetName>{constraint}</csw:Query></csw:GetRecords>').encode()
