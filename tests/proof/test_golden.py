"""What a real CKAN answered to a seeded site, call by call: ours answers the same, but for what the table of reasons names.

The answers lie beside the checkout in `../shared/golden`, or where HAIDANG_GOLDEN says; see their README.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from support.golden import Replay, differences

from catalog.accounts import add_account
from catalog.clock import Clock
from catalog.settings import Settings
from catalog.site import Site, open_site
from catalog.tokens import add_token
from web import create_app

GOLDEN = Path(os.environ.get("HAIDANG_GOLDEN") or Path(__file__).parents[2].parent / "shared" / "golden")
ENOUGH = 0.97
SITE_URL = "http://haidang.test"

# Where we answer otherwise on purpose, or for a reason that stays.
REASONS: dict[str, str] = {
    "auth_private_bearer": "a token after Bearer is accepted, too",
    "auth_header_Authorization": "only public datasets are counted as those that a user made, whoever asks",
    "license_list": "there is one licence more, that of Vietnamese law",
    "package_show_after_purge": "an archived dataset is found by its name as long as nobody else has it",
    "package_autocomplete_title": "the words of a title may be typed in full and the last one in part",
    "resource_download_upload": "a text whose encoding was found out says it",
    "url_feeds_dataset_atom": "feeds are another part of the site",
    **dict.fromkeys(("org_patch_by_new_admin", "org_update_missing_name", "org_rename", "org_new_name_dataset"),
                    "a dataset says at once what its organization is called now; CKAN's index still says what it was called"),
    "datastore_search_table_metadata": "which tables there are is asked of package_search",
    "datastore_create_guess_types": "a boolean is kept as one; CKAN takes it for a whole number and then refuses it",
    "datastore_search_sql": "the mean of whole numbers is a number with a point; PostgreSQL's is exact",
    "datastore_search_sql_star": "there is no column that only a database's full-text search can read, and row numbers have 64 bits",
    "org_deleted_admin": "the count is that of the store, not that of an index before the dataset was given away",
}


def test_there_are_answers_to_compare_with():
    assert (GOLDEN / "INDEX.tsv").is_file(), f"no answers at {GOLDEN}: set HAIDANG_GOLDEN to their folder"


@pytest.fixture
def replay(tmp_path, database_url) -> Replay:
    """The seeded site, with a system administrator and an editor of the city, and a clock that ticks."""
    settings = Settings(var=tmp_path, database_url=database_url, storage_url=f"file://{tmp_path / 'files'}", site_url=SITE_URL,
                        secret_key="s" * 20 + "ecret-of-a-test")
    site = open_site(settings, clock=Clock())
    tokens = accounts(site)
    replay = Replay(GOLDEN, create_app(site).test_client(), tokens, SITE_URL)
    replay.seed()
    replay.learn_ids()
    yield replay
    site.engine.dispose()


def accounts(site: Site) -> dict[str, str]:
    """The accounts of the golden site, and a token of each."""
    with site.writing() as session:
        now = site.clock.now()
        made = {"admin": add_account(session, "admin", now, email="admin@example.org", sysadmin=True),
                "jane": add_account(session, "jane", now, email="jane@example.org")}
        made["admin"].fullname = "Ad Min"
        return {name: add_token(session, "suite", now, account_id=account.id).secret for name, account in made.items()}


def test_our_answers_are_those_of_ckan(replay):
    same, unequal, families = 0, {}, Counter()
    for call in replay.calls():
        found = differences(call, replay.golden(call.name), replay.play(call.name), replay.site_url)
        families[call.family, not found] += 1
        same += not found
        if found:
            unequal[call.name] = found
    for name, found in unequal.items():
        print(f"\n{name}: {REASONS.get(name, 'NO REASON')}", *found, sep="\n    ")
    total = same + len(unequal)
    print(f"\n{same} of {total} equal ({same / total:.1%})", dict(families), sep="\n")
    assert same / total >= ENOUGH
    assert set(unequal) <= set(REASONS), "answers that differ without a reason"
