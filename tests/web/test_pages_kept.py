"""A page that was made for one stranger is shown to the next, until anything at all is written; never to who sends a cookie."""

from __future__ import annotations

import pytest
from support.acting import person
from support.publishing import call, furnish, publish
from support.visiting import visitor

from catalog.site import open_site


@pytest.fixture
def elsewhere(site, settings, clock):
    """The same site in another process, furnished."""
    furnish(site)
    publish(site, name="benh-vien", title="Bệnh viện")
    other = open_site(settings, clock=clock)
    yield other
    other.engine.dispose()


def text(client, address):
    answer = client.get(address)
    return answer.get_data(as_text=True) if answer.status_code == 200 else answer.status_code


@pytest.mark.parametrize("address", ["/dataset/benh-vien", "/dataset?license_id="])
def test_a_change_elsewhere_is_on_the_page_at_once(site, elsewhere, address):
    client = visitor(site)
    assert "Bệnh viện" in text(client, address)
    assert text(client, address) == text(visitor(elsewhere), address)
    call(elsewhere, "package_patch", user="tester", id="benh-vien", title="Bệnh viện đa khoa")
    assert "đa khoa" in text(client, address)


def test_what_became_private_is_gone_at_once(site, elsewhere):
    client = visitor(site)
    assert "Bệnh viện" in text(client, "/dataset/benh-vien")
    call(elsewhere, "package_patch", user="tester", id="benh-vien", private=True)
    assert text(client, "/dataset/benh-vien") == 404
    assert "/dataset/benh-vien" not in text(client, "/dataset")


def test_who_has_signed_in_gets_a_page_of_its_own_and_leaves_none_behind(site, elsewhere):
    somebody, stranger = person(site), visitor(site)
    for _ in range(2):
        assert "Chị Hà" in text(somebody, "/dataset/benh-vien")
        assert "Chị Hà" not in text(stranger, "/dataset/benh-vien")


def test_a_page_is_kept_for_its_own_question_and_language(site, elsewhere):
    client = visitor(site)
    pages = {address: text(client, address) for address in ("/dataset", "/dataset?lang=en", "/dataset?q=qwx", "/dataset/benh-vien", "/dataset/benh-vien?lang=en")}
    assert len(set(pages.values())) == len(pages)
    assert pages == {address: text(client, address) for address in pages}


def test_the_sign_of_the_store_changes_with_every_write_and_with_nothing_else(site, elsewhere):
    before = site.written.sign()
    with elsewhere.reading() as session:
        session.connection()
    assert site.written.sign() == before
    call(elsewhere, "package_patch", user="tester", id="benh-vien", notes="Khác")
    assert site.written.sign() != before


def test_the_new_name_of_an_agency_and_a_theme_is_on_the_page_of_their_dataset_at_once(site, elsewhere):
    client = visitor(site)
    call(elsewhere, "organization_create", user="tester", name="trung-tam", title="Trung tâm cũ")
    publish(elsewhere, name="moi", title="Mới", owner_org="trung-tam", groups=[{"name": "y-te"}])
    for other in ("moi", "benh-vien", "zz-tieng-on-1"):
        text(client, f"/dataset/{other}")
    before = text(client, "/dataset/moi?lang=vi")
    assert "Trung tâm cũ" in before and ">Y tế<" in before
    call(elsewhere, "organization_patch", user="tester", id="trung-tam", title="Trung tâm mới")
    call(elsewhere, "group_patch", user="tester", id="y-te", title="Sức khoẻ")
    after = text(client, "/dataset/moi")
    assert "Trung tâm mới" in after and "Trung tâm cũ" not in after and "Sức khoẻ" in after
    call(elsewhere, "group_delete", user="tester", id="y-te")
    assert "Sức khoẻ" not in text(client, "/dataset/moi")
