"""The words that sources use for licences, frequencies and themes, and ours for the same."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from catalog.names import fold

# Where a licence's address leads (host and path, without www, version and language) -> CKAN's id.
_LICENCE_PATHS = (
    ("creativecommons.org/licenses/by-sa", "cc-by-sa"),
    ("creativecommons.org/licenses/by-nc", "cc-nc"),
    ("creativecommons.org/licenses/by-nd", "other-closed"),
    ("creativecommons.org/licenses/by", "cc-by"),
    ("creativecommons.org/publicdomain/zero", "cc-zero"),
    ("creativecommons.org/share-your-work/public-domain/cc0", "cc-zero"),
    ("creativecommons.org/publicdomain/mark", "other-pd"),
    ("opendatacommons.org/licenses/by", "odc-by"),
    ("opendatacommons.org/licenses/odbl", "odc-odbl"),
    ("opendatacommons.org/licenses/pddl", "odc-pddl"),
    ("opendefinition.org/licenses/cc-by-sa", "cc-by-sa"),
    ("opendefinition.org/licenses/cc-by", "cc-by"),
    ("opendefinition.org/licenses/cc-zero", "cc-zero"),
    ("opendefinition.org/licenses/odc-by", "odc-by"),
    ("opendefinition.org/licenses/odc-odbl", "odc-odbl"),
    ("opendefinition.org/licenses/odc-pddl", "odc-pddl"),
    ("nationalarchives.gov.uk/doc/open-government-licence", "uk-ogl"),
    ("gnu.org/licenses/fdl", "gfdl"),
    ("usa.gov/publicdomain", "other-pd"),
    ("usa.gov/government-works", "other-pd"),
    ("usa.gov/government-copyright", "other-pd"),
    ("etalab.gouv.fr/licence-ouverte", "other-open"),
)
LICENCES = {
    "VN-ND47-2020-D18", "cc-by", "cc-by-sa", "cc-zero", "cc-nc", "odc-by", "odc-odbl", "odc-pddl", "other-open", "other-pd",
    "other-at", "other-nc", "other-closed", "notspecified", "uk-ogl", "gfdl",
}
_LICENCE_NAMES = {name.lower(): name for name in LICENCES} | {
    "cc0": "cc-zero", "cc0-1.0": "cc-zero", "cc-by-4.0": "cc-by", "cc-by-3.0": "cc-by", "cc-by-sa-4.0": "cc-by-sa",
    "cc-by-sa-3.0": "cc-by-sa", "odbl": "odc-odbl", "odbl-1.0": "odc-odbl", "pddl": "odc-pddl", "pddl-1.0": "odc-pddl",
    "odc-by-1.0": "odc-by", "cc-by-nc-4.0": "cc-nc", "us-pd": "other-pd", "public domain": "other-pd",
}

# ISO 8601 repeating intervals as DCAT-US uses them, the EU authority's codes, and plain words (folded).
_FREQUENCIES = {
    "daily": ("r/p1d", "r/pt1h", "r/pt1s", "daily", "cont", "update_cont", "hourly", "hang ngay", "moi ngay", "continuous", "diaria", "diario", "diariamente"),
    "weekly": ("r/p1w", "r/p7d", "r/p0.33w", "r/p0.5w", "r/p3.5d", "weekly", "hang tuan", "moi tuan", "semanal"),
    "monthly": ("r/p1m", "r/p2w", "r/p0.5m", "r/p0.33m", "monthly", "biweekly", "hang thang", "moi thang", "mensal"),
    "quarterly": ("r/p3m", "r/p2m", "r/p4m", "quarterly", "bimonthly", "annual_3", "hang quy", "moi quy", "trimestral"),
    "biannual": ("r/p6m", "r/p0.5y", "biannual", "semiannual", "annual_2", "nua nam", "6 thang", "sau thang",
                 "sau thang mot lan", "semestral"),
    "annual": ("r/p1y", "r/p12m", "annual", "annually", "yearly", "hang nam", "moi nam", "anual"),
    "irregular": ("irregular", "irreg", "as_needed", "asneeded", "unknown-irregular", "khong dinh ky", "dot xuat",
                  "khi co thay doi", "sob demanda", "r/p2y", "r/p3y", "r/p4y", "r/p5y", "r/p10y"),
    "once": ("once", "never", "notplanned", "mot lan", "not_planned"),
}
_FREQUENCY_OF = {word: frequency for frequency, words in _FREQUENCIES.items() for word in words}

# Our themes, and how others call them: the EU's data themes, and common words in English and Vietnamese (folded).
_THEMES = {
    "y-te": ("heal", "health", "saude", "y te"),
    "giao-duc": ("educ", "education", "giao duc"),
    "moi-truong": ("envi", "environment", "climate", "moi truong"),
    "giao-thong": ("tran", "transport", "transportation", "giao thong"),
    "du-lich": ("tourism", "travel", "du lich"),
    "nong-nghiep": ("agri", "agriculture", "nong nghiep"),
    "cong-thuong": ("ener", "energy", "business", "commerce", "cong thuong"),
    "lao-dong": ("soci", "labor", "labour", "employment", "jobs", "lao dong"),
    "tai-chinh": ("econ", "finance", "economy", "budget", "tai chinh"),
    "xay-dung": ("regi", "construction", "housing", "xay dung"),
    "van-hoa": ("culture", "sport", "van hoa"),
    "hanh-chinh": ("gove", "government", "governance", "administration", "hanh chinh"),
}
_THEME_OF = {word: theme for theme, words in _THEMES.items() for word in (theme, *words)}


def licence(text: str) -> str | None:
    """CKAN's id of a licence given by id, name or address; None for one that is not known."""
    text = text.strip()
    if known := _LICENCE_NAMES.get(text.lower()):
        return known
    try:
        parts = urlsplit(text if "//" in text else "//" + text)
    except ValueError:
        return None
    if (own := parts.path.partition("/license/")[2]) in LICENCES:  # the page of a licence on a site such as ours
        return own
    place = (parts.netloc + parts.path).lower().removeprefix("www.")
    return next((name for path, name in _LICENCE_PATHS if place == path or re.match(re.escape(path) + r"[/.\-#]", place)), None)


def frequency(text: str) -> str | None:
    """Our word for a frequency of update; None for one that is not known."""
    word = fold(text).strip().rstrip("/").rsplit("/authority/frequency/", 1)[-1]
    return _FREQUENCY_OF.get(word.removeprefix("http://purl.org/cld/freq/"))


def theme(text: str) -> str | None:
    """Our theme for one that a source names; None where none fits for certain."""
    word = fold(text).strip().rstrip("/").rsplit("/", 1)[-1]
    return _THEME_OF.get(word)
