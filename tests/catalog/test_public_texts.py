"""What a process keeps for the public is what it would read anew, whoever writes, and never what the public may not see."""

from __future__ import annotations

import json

import pytest
from support.people import people
from support.publishing import call, furnish, publish

from catalog.actions import ACTIONS
from catalog.actions.context import Context
from catalog.errors import NotAuthorized, NotFound
from catalog.models import Account, Agency
from catalog.public_texts import Ready
from catalog.register import load_register
from catalog.site import open_site


@pytest.fixture
def furnished(site):
    furnish(site)
    for name in ("benh-vien", "tram-y-te"):
        publish(site, name=name, title=name)
    return site


@pytest.fixture
def elsewhere(furnished, settings, clock):
    """The same site in another process."""
    other = open_site(settings, clock=clock)
    yield other
    other.engine.dispose()


def ask(site, action, user=None, *, reads=True, may_write=False, **data):
    """An answer as a caller of the API gets it, from what lies ready unless `reads` says otherwise."""
    with site.reading() as session:
        answer = ACTIONS[action](Context(site=site, session=session, user=user, may_write=may_write, reads=reads), data)
    return plain(answer)


def plain(answer):
    if isinstance(answer, Ready):
        return json.loads(answer.text)
    if isinstance(answer, dict):
        return {key: plain(value) for key, value in answer.items()}
    return [plain(each) for each in answer] if isinstance(answer, list) else answer


def everything(site, *, reads):
    """What strangers are told: datasets one by one and searched, organizations and groups."""
    return [*(ask(site, "package_show", reads=reads, id=name) for name in ask(site, "package_list", reads=reads)),
            ask(site, "package_search", reads=reads, **{"facet.field": ["organization", "groups", "tags"]}),
            *(ask(site, action, reads=reads, all_fields=True, include_extras=extras)
              for action in ("organization_list", "group_list") for extras in (False, True))]


CHANGES = {
    "a title": lambda other: call(other, "package_patch", user="tester", id="benh-vien", title="Bệnh viện"),
    "a name": lambda other: call(other, "package_patch", user="tester", id="benh-vien", name="benh-vien-moi"),
    "a tag and a theme": lambda other: call(other, "package_patch", user="tester", id="benh-vien", tags=[{"name": "khám"}], groups=[{"name": "y-te"}]),
    "a file": lambda other: call(other, "resource_create", user="tester", package_id="benh-vien", url="https://example.org/x.csv", name="Tệp"),
    "an end": lambda other: call(other, "package_delete", user="tester", id="benh-vien"),
    "a beginning": lambda other: publish(other, name="moi", title="Mới"),
    "a relationship": lambda other: call(other, "package_relationship_create", user="tester", subject="benh-vien", object="tram-y-te", type="depends_on"),
    "a theme": lambda other: call(other, "group_patch", user="tester", id="y-te", title="Sức khoẻ", description="Khám và chữa"),
    "a new theme": lambda other: call(other, "group_create", user="tester", name="chu-de-moi", title="Chủ đề mới"),
    "an agency's words": lambda other: call(other, "organization_patch", user="tester", id="so-y-te", description="Mới", image_url="https://example.org/a.png"),
    "a new organization": lambda other: call(other, "organization_create", user="tester", name="to-chuc", title="Tổ chức"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_elsewhere_is_seen_at_once(furnished, elsewhere, what):
    before = everything(furnished, reads=True)
    assert before == everything(furnished, reads=False)
    CHANGES[what](elsewhere)
    after = everything(furnished, reads=True)
    assert after == everything(furnished, reads=False)
    assert after != before


def test_a_new_name_on_the_register_is_seen_at_once(furnished, elsewhere, tmp_path):
    everything(furnished, reads=True)
    path = tmp_path / "register.csv"
    path.write_text("slug,ten_vi,ten_en,ky_hieu,ma,trang_thai_ma,cap,cap_tren,hieu_luc_tu,hieu_luc_den,quyet_dinh,su_kien,tien_than,tinh_tham_gia,tam,lien_he\n"
                    "so-y-te,Sở Y tế và Dân số,Department of Health,,,provisional,province,,2023-10-27,,Quyết định,establish,,true,false,\n", "utf-8")
    with elsewhere.writing() as session:
        load_register(session, path, elsewhere.clock.now())
    assert ask(furnished, "package_show", id="benh-vien")["organization"]["title"] == "Sở Y tế và Dân số"
    assert everything(furnished, reads=True) == everything(furnished, reads=False)


def test_followers_are_counted_as_they_come_and_go(furnished, elsewhere):
    people(furnished)

    def followers() -> int:
        return next(each["num_followers"] for each in ask(furnished, "organization_list", all_fields=True) if each["name"] == "so-y-te")

    def as_somebody(action: str) -> None:
        with elsewhere.writing() as session:
            account = session.query(Account).first()
            ACTIONS[action](Context(site=elsewhere, session=session, user=account.name, account=account), {"id": "so-y-te"})

    assert followers() == 0
    as_somebody("follow_group")
    assert followers() == 1
    as_somebody("unfollow_group")
    assert followers() == 0


def test_what_is_private_is_shown_to_nobody_else_after_somebody_has_seen_it(furnished, elsewhere):
    ask(furnished, "package_show", id="benh-vien")
    call(elsewhere, "package_patch", user="tester", id="benh-vien", private=True)
    assert ask(furnished, "package_show", "jane", may_write=True, id="benh-vien")["private"] is True
    assert ask(furnished, "package_search", "jane", may_write=True, include_private=True)["count"] == 4
    with pytest.raises(NotAuthorized):
        ask(furnished, "package_show", id="benh-vien")
    assert [each["name"] for each in ask(furnished, "package_search", include_private=True, sort="name asc")["results"]] == ["tram-y-te", "zz-tieng-on-1", "zz-tieng-on-2"]
    call(elsewhere, "package_patch", user="tester", id="benh-vien", private=False)
    assert ask(furnished, "package_show", id="benh-vien")["private"] is False


def test_a_name_that_was_given_away_leads_to_whom_it_was_given(furnished, elsewhere):
    first = ask(furnished, "package_show", id="benh-vien")["id"]
    call(elsewhere, "package_patch", user="tester", id="benh-vien", name="ten-khac")
    publish(elsewhere, name="benh-vien", title="Bệnh viện khác")
    assert ask(furnished, "package_show", id="benh-vien")["title"] == "Bệnh viện khác"
    assert ask(furnished, "package_show", id="ten-khac")["id"] == first


def test_a_transaction_that_writes_sees_what_it_wrote(furnished):
    ask(furnished, "package_show", id="benh-vien")
    with furnished.writing() as session:
        context = Context(site=furnished, session=session, user="tester", may_write=True)
        ACTIONS["package_patch"](context, {"id": "benh-vien", "title": "Chưa ghi"})
        assert ACTIONS["package_show"](context, {"id": "benh-vien"})["title"] == "Chưa ghi"
        session.rollback()
    assert ask(furnished, "package_show", id="benh-vien")["title"] == "benh-vien"


def test_addresses_are_those_of_the_site_as_it_was_asked(furnished):
    with furnished.reading() as session:
        view = furnished.public_texts.up_to_date(session.connection(), furnished.clock.today())
        view.put(Ready(id="x", name="ten", text="{}", etag="e", address="http://mot.test"))
        assert view.dataset("ten", "http://mot.test") is not None
        assert view.dataset("ten", "http://hai.test") is None


def test_a_log_that_is_another_one_drops_everything(furnished):
    ask(furnished, "package_show", id="benh-vien")
    with furnished.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE change SET dataset_id = 'another'")
        connection.exec_driver_sql("DELETE FROM dataset WHERE name = 'benh-vien'")
    with pytest.raises(NotFound):
        ask(furnished, "package_show", id="benh-vien")


def test_an_agency_that_nobody_has_yet_is_in_the_list(furnished, elsewhere):
    names = [each["name"] for each in ask(furnished, "organization_list", all_fields=True)]
    with elsewhere.reading() as session:
        assert sorted(names) == sorted(agency.slug for agency in session.query(Agency))
