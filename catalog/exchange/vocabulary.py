"""Our words in the registers that other portals read: the EU's authority tables, IANA's media types, ADMS.

Sources: https://op.europa.eu/en/web/eu-vocabularies (data-theme, frequency, file-type, licence, access-right,
language, country), https://www.iana.org/assignments/media-types, http://purl.org/adms/publishertype/.
"""

from __future__ import annotations

import re

from catalog.formats import MEDIA_TYPES, canonical
from catalog.licences import LICENCES

AUTHORITY = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"

# The EU's data themes with their labels.
DATA_THEMES = {
    "AGRI": ("Nông nghiệp, thủy sản, lâm nghiệp và thực phẩm", "Agriculture, fisheries, forestry and food"),
    "ECON": ("Kinh tế và tài chính", "Economy and finance"),
    "EDUC": ("Giáo dục, văn hóa và thể thao", "Education, culture and sport"),
    "ENER": ("Năng lượng", "Energy"),
    "ENVI": ("Môi trường", "Environment"),
    "GOVE": ("Chính quyền và khu vực công", "Government and public sector"),
    "HEAL": ("Y tế", "Health"),
    "JUST": ("Tư pháp, hệ thống pháp luật và an toàn công cộng", "Justice, legal system and public safety"),
    "REGI": ("Vùng và đô thị", "Regions and cities"),
    "SOCI": ("Dân số và xã hội", "Population and society"),
    "TECH": ("Khoa học và công nghệ", "Science and technology"),
    "TRAN": ("Giao thông", "Transport"),
}
_THEMES = {
    "y-te": "HEAL", "giao-duc": "EDUC", "van-hoa": "EDUC", "moi-truong": "ENVI", "tai-nguyen-moi-truong": "ENVI", "giao-thong": "TRAN",
    "nong-nghiep": "AGRI", "cong-thuong": "ECON", "du-lich": "ECON", "tai-chinh": "ECON", "lao-dong": "SOCI", "dan-so": "SOCI",
    "xay-dung": "REGI", "hanh-chinh": "GOVE", "tu-phap": "JUST", "khoa-hoc-cong-nghe": "TECH", "nang-luong": "ENER",
}
_FREQUENCIES = {
    "daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "quarterly": "QUARTERLY", "biannual": "ANNUAL_2", "annual": "ANNUAL",
    "irregular": "IRREG", "once": "NEVER",
}
# ISO 8601 repeating intervals, as DCAT-US writes frequencies.
INTERVALS = {"daily": "R/P1D", "weekly": "R/P1W", "monthly": "R/P1M", "quarterly": "R/P3M", "biannual": "R/P6M", "annual": "R/P1Y",
             "irregular": "irregular"}
_FILE_TYPES = {
    **{name: name for name in ("CSV", "TSV", "TXT", "XLS", "XLSX", "ODS", "JSON", "XML", "PDF", "ZIP", "HTML", "DOC", "DOCX", "KML", "KMZ", "SHP",
                               "GPKG", "PNG", "JPEG", "TIFF", "ODT", "PPTX", "GZIP")},
    "GeoJSON": "GEOJSON", "Parquet": "PARQUET", "RDF": "RDF_XML", "TTL": "RDF_TURTLE", "JSON-LD": "JSON_LD", "WMS": "WMS_SRVC", "WFS": "WFS_SRVC",
    "API": "REST",
}
_LICENCES = {"cc-zero": "CC0", "cc-by": "CC_BY_4_0", "cc-by-sa": "CC_BYSA_4_0", "odc-by": "ODC_BY", "odc-odbl": "ODC_BL", "odc-pddl": "ODC_PDDL",
             "uk-ogl": "OGL_3_0"}
# Where the text of a licence stands, at the address by which programs know it.
_TEXTS = {
    "cc-zero": "https://creativecommons.org/publicdomain/zero/1.0/", "cc-by": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa": "https://creativecommons.org/licenses/by-sa/4.0/", "odc-by": "https://opendatacommons.org/licenses/by/1-0/",
    "odc-odbl": "https://opendatacommons.org/licenses/odbl/1-0/", "odc-pddl": "https://opendatacommons.org/licenses/pddl/1-0/",
}
_PUBLISHERS = {
    "central": ("NationalAuthority", "National authority"), "province": ("RegionalAuthority", "Regional authority"),
    "district": ("LocalAuthority", "Local authority"), "commune": ("LocalAuthority", "Local authority"),
}
# What MQA counts as machine-readable and as not bound to one maker's program, by our names of formats.
MACHINE_READABLE = frozenset({"CSV", "TSV", "XLS", "XLSX", "ODS", "JSON", "GeoJSON", "NDJSON", "XML", "KML", "KMZ", "SHP", "GPKG", "Parquet", "RDF",
                              "TTL", "JSON-LD", "API", "WFS"})
OPEN_FORMATS = frozenset({"CSV", "TSV", "TXT", "ODS", "JSON", "GeoJSON", "NDJSON", "XML", "KML", "GPKG", "Parquet", "RDF", "TTL", "JSON-LD", "HTML",
                          "ODT", "PDF", "PNG", "ZIP", "GZIP", "WMS", "WFS", "API"})
LINKED_DATA = frozenset({"RDF", "TTL", "JSON-LD"})
SERVICES = frozenset({"API", "WMS", "WFS", "HTML"})  # an address of one of these is asked, not downloaded
_MEDIA_TYPE = re.compile(r"(?:application|audio|font|image|message|model|multipart|text|video)/[A-Za-z0-9][\w!#$&^.+-]{0,126}", re.ASCII)


def data_theme(theme: str) -> str | None:
    """The EU's data theme of one of our themes, by its code; None where none fits."""
    return _THEMES.get(theme)


def frequency(word: str) -> str | None:
    """The address of a frequency of update."""
    return f"{AUTHORITY}frequency/{_FREQUENCIES[word]}" if word in _FREQUENCIES else None


def file_type(format: str) -> str | None:
    """The address of a file type; None for a format that the register does not have."""
    known = _FILE_TYPES.get(canonical(format))
    return f"{AUTHORITY}file-type/{known}" if known else None


def media_type(given: str | None, format: str) -> str | None:
    """The media type of a file: that of its format where it is known, else the given one where it has the form of one."""
    known = MEDIA_TYPES.get(canonical(format))
    if known:
        return known
    given = (given or "").partition(";")[0].strip()
    return given if _MEDIA_TYPE.fullmatch(given) else None


def licence(id: str, site_url: str) -> str | None:
    """The address of a licence in the EU's register, else that of its text; None for one that is not stated or not known."""
    return f"{AUTHORITY}licence/{_LICENCES[id]}" if id in _LICENCES else licence_text(id, site_url)


def licence_text(id: str, site_url: str) -> str | None:
    """Where the text of a licence stands, else its page here; None for one that is not stated or not known."""
    if id in ("", "notspecified"):
        return None
    if id in _TEXTS:
        return _TEXTS[id]
    known = LICENCES.get(id)
    if known is None:
        return None
    return known.url or f"{site_url}/license/{id}"


def is_registered_licence(id: str) -> bool:
    """Whether the EU's register has the licence."""
    return id in _LICENCES


def publisher_type(level: str) -> tuple[str, str] | None:
    """The kind of an agency of some level in ADMS, with its label."""
    known = _PUBLISHERS.get(level)
    return (f"http://purl.org/adms/publishertype/{known[0]}", known[1]) if known else None
