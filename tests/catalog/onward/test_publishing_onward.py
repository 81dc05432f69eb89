"""Publishing onward to another site of ours, over HTTP: made, changed, left alone, taken away; never doubled, never anybody else's."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from support.go_between import go_between
from support.publishing import call, furnish, publish, publish_with_file
from support.targets import aim, codes_of, give_bytes, publish_to, rows, target_site

from catalog.archiving import Act
from catalog.errors import UsageError
from catalog.models import Agency, Dataset, Onward, OnwardRun, Source, Target
from catalog.onward import leaving, orders
from catalog.onward.publishing import foreseen
from catalog.sealing import unseal

CSV = "ten,dia_chi\nTrạm y tế,Vũng Tàu\n".encode()
NOISE = ["zz-tieng-on-1", "zz-tieng-on-2"]


@pytest.fixture
def home(site):
    furnish(site)
    publish_with_file(site, name="tram-y-te", title="Trạm y tế", groups=[{"name": "y-te"}], tags=[{"name": "y tế"}], license_id="cc-by",
                      extras=[{"key": "tan_suat", "value": "tháng"}])
    give_bytes(site, "tram-y-te", CSV)
    publish(site, name="ban-do", title="Bản đồ", resources=[{"url": "http://ban-do.example/a.geojson", "name": "Bản đồ", "format": "GeoJSON"}])
    return site


@pytest.fixture
def there(home, tmp_path, clock):
    with target_site(tmp_path / "there", clock) as there:
        yield there


@pytest.fixture
def aimed(home, there):
    return aim(home, there.url, there.root)


def test_what_is_public_arrives_with_its_organization_themes_and_links(home, there, aimed):
    run = publish_to(home)
    assert (run.status, run.did, run.issues) == ("succeeded", {"created": 4}, [])
    assert there.names() == ["ban-do", "tram-y-te", *NOISE]
    shown, ours = there.show("tram-y-te"), call(home, "package_show", id="tram-y-te")
    assert shown["organization"]["title"] == "Sở Y tế" and shown["organization"]["name"] == "so-y-te"
    assert [group["name"] for group in shown["groups"]] == ["y-te"] and [tag["name"] for tag in shown["tags"]] == ["y tế"]
    assert (shown["title"], shown["license_id"]) == ("Trạm y tế", "cc-by")
    extras = {extra["key"]: extra["value"] for extra in shown["extras"]}
    assert extras == {"tan_suat": "tháng", "haidang_id": ours["id"], "haidang_url": "http://haidang.test/dataset/tram-y-te"}
    [file] = shown["resources"]
    assert file["url"] == ours["resources"][0]["url"] and file["hash"] == ours["resources"][0]["hash"] and file["url_type"] is None


def test_a_second_run_asks_the_target_nothing(home, there, aimed):
    publish_to(home)
    before = there.show("tram-y-te")
    with home.writing() as session:
        session.get_one(Target, aimed.id).url = "http://127.0.0.1:9"  # where nobody is
    run = publish_to(home)
    assert (run.status, run.did) == ("succeeded", {"unchanged": 4})
    assert there.show("tram-y-te") == before


def test_only_what_changed_is_sent_again_and_its_files_keep_their_ids(home, there, aimed):
    publish_to(home)
    before = there.show("tram-y-te")
    call(home, "package_patch", user="tester", id="tram-y-te", title="Trạm y tế xã")
    run = publish_to(home)
    assert run.did == {"unchanged": 3, "updated": 1}
    after = there.show("tram-y-te")
    assert after["title"] == "Trạm y tế xã"
    assert [file["id"] for file in after["resources"]] == [file["id"] for file in before["resources"]]


def test_one_dataset_is_sent_where_only_one_is_named(home, there, aimed):
    run = publish_to(home, names=["ban-do"])
    assert run.did == {"created": 1} and there.names() == ["ban-do"]
    with pytest.raises(UsageError, match="khong-co"):
        publish_to(home, names=["khong-co"])


def test_all_is_sent_again_where_that_is_asked_for(home, there, aimed):
    publish_to(home)
    assert publish_to(home, forced=True).did == {"updated": 4}
    assert len(there.names()) == 4


def test_drafts_and_private_datasets_never_leave(home, there, aimed):
    publish(home, name="rieng", title="Riêng", private=True)
    with home.writing() as session:
        session.scalars(select(Dataset).where(Dataset.name == "ban-do")).one().state = "draft"
    publish_to(home)
    assert there.names() == ["tram-y-te", *NOISE]


def test_files_that_were_not_found_good_stay_here(home, there, aimed):
    publish_with_file(home, name="chua-dat", checked="held")
    publish_to(home)
    assert there.show("chua-dat")["resources"] == []


def test_what_was_made_up_goes_only_where_that_is_wanted(home, there, aimed):
    publish(home, name="minh-hoa", extras=[{"key": "illustrative", "value": "true"}])
    with home.writing() as session:
        session.scalars(select(Dataset).where(Dataset.name == "minh-hoa")).one().illustrative = True
    publish_to(home)
    assert "minh-hoa" not in there.names()
    aim(home, there.url, illustrative=True)
    publish_to(home)
    assert "minh-hoa" in there.names()


def test_bytes_go_along_where_the_target_takes_uploads(home, there):
    aim(home, there.url, there.root, mode="upload")
    assert publish_to(home).status == "succeeded"
    [file] = there.show("tram-y-te")["resources"]
    assert file["url_type"] == "upload" and file["url"].endswith("/bang-ke.csv") and file["size"] == len(CSV)
    assert [link["url"] for link in there.show("ban-do")["resources"]] == ["http://ban-do.example/a.geojson"]
    call(home, "package_patch", user="tester", id="tram-y-te", title="Trạm")
    assert publish_to(home).did == {"unchanged": 3, "updated": 1}
    assert there.show("tram-y-te")["resources"][0]["url"] == file["url"]
    assert there.show("tram-y-te")["resources"][0]["version"] == 1  # not sent twice
    give_bytes(home, "tram-y-te", CSV + b"B,C\n")
    publish_to(home)
    [newer] = there.show("tram-y-te")["resources"]
    assert (newer["id"], newer["size"], newer["version"]) == (file["id"], len(CSV) + 4, 2)


def test_a_larger_file_than_may_go_stays_a_link(home, there):
    aim(home, there.url, there.root, mode="upload", max_upload=0)
    publish_to(home)
    assert there.show("tram-y-te")["resources"][0]["url"].startswith("http://haidang.test/")


def test_names_licences_and_fields_are_those_of_the_target(home, there):
    aim(home, there.url, there.root, prefix="brvt-", organizations={"so-y-te": "y-te-tinh"}, licences={"cc-by": "odc-by"}, groups={"y-te": "suc-khoe"},
        fields={"tan_suat": "extra:accrual"}, constants={"extra:nguon": "Bà Rịa – Vũng Tàu"})
    call(there.site, "organization_create", user="tester", name="y-te-tinh", title="Ngành y tế")
    assert publish_to(home).status == "succeeded"
    assert there.names() == ["brvt-ban-do", "brvt-tram-y-te", *(f"brvt-{name}" for name in NOISE)]
    shown = there.show("brvt-tram-y-te")
    extras = {extra["key"]: extra["value"] for extra in shown["extras"]}
    assert (shown["organization"]["name"], shown["license_id"], [group["name"] for group in shown["groups"]]) == ("y-te-tinh", "odc-by", ["suc-khoe"])
    assert extras["accrual"] == "tháng" and extras["nguon"] == "Bà Rịa – Vũng Tàu" and "tan_suat" not in extras
    assert there.show(f"brvt-{NOISE[0]}")["organization"]["name"] == "brvt-ubnd-huyen-con-dao"


def test_a_foreign_dataset_of_the_same_name_is_never_touched(home, there, aimed):
    call(there.site, "organization_create", user="tester", name="khac", title="Nơi khác")
    theirs = call(there.site, "package_create", user="tester", name="ban-do", title="Của người khác", owner_org="khac")
    assert publish_to(home).status == "succeeded"
    assert there.show("ban-do") == theirs
    assert there.show("ban-do-2")["title"] == "Bản đồ"
    assert publish_to(home).did == {"unchanged": 4}


def test_where_every_name_is_taken_it_is_said(home, there, aimed):
    call(there.site, "organization_create", user="tester", name="khac", title="Nơi khác")
    for name in ("ban-do", *(f"ban-do-{number}" for number in range(2, 6))):
        call(there.site, "package_create", user="tester", name=name, owner_org="khac")
    run = publish_to(home)
    assert (run.status, run.did) == ("succeeded-with-issues", {"created": 3, "failed": 1})
    assert codes_of(rows(home)["ban-do"].issues) == ["onward-name-taken"]


def test_a_dataset_purged_at_the_target_is_made_again(home, there, aimed):
    publish_to(home)
    call(there.site, "dataset_purge", user="tester", id="ban-do")
    call(home, "package_patch", user="tester", id="ban-do", title="Bản đồ mới")
    assert publish_to(home).did == {"unchanged": 3, "created": 1}
    assert there.show("ban-do")["title"] == "Bản đồ mới"


def test_our_own_dataset_is_known_again_where_our_notes_are_lost(home, there, aimed):
    publish_to(home)
    before = there.show("tram-y-te")
    with home.writing() as session:
        for row in session.scalars(select(Onward)):
            session.delete(row)
    assert publish_to(home).did == {"updated": 4}
    assert len(there.names()) == 4 and [f["id"] for f in there.show("tram-y-te")["resources"]] == [f["id"] for f in before["resources"]]


def many(home, count: int = 6) -> None:
    for number in range(count):
        publish(home, name=f"bo-{number}")


def test_what_is_archived_here_is_deleted_there(home, there, aimed):
    many(home)
    publish_to(home)
    call(home, "package_delete", user="tester", id="bo-1")
    assert publish_to(home).did == {"unchanged": 9, "deleted": 1}
    assert "bo-1" not in there.names() and rows(home)["bo-1"].state == "deleted"
    assert publish_to(home).did == {"unchanged": 9}


def test_one_that_comes_back_takes_its_old_place(home, there, aimed):
    many(home)
    publish_to(home)
    before = there.show("bo-1")["id"]
    call(home, "package_patch", user="tester", id="bo-1", private=True)
    publish_to(home)
    assert "bo-1" not in there.names()
    call(home, "package_patch", user="tester", id="bo-1", private=False)
    publish_to(home)
    assert there.show("bo-1")["id"] == before and there.show("bo-1")["state"] == "active"


def lose_half(home) -> None:
    many(home)
    publish_to(home)
    for number in range(3):
        call(home, "package_delete", user="tester", id=f"bo-{number}")


def act(home, reason: str = "Đúng là đã gỡ") -> Act:
    return Act(by="chị Hà", at=home.clock.now(), reason=reason)


def test_too_many_at_once_are_not_deleted_before_a_person_says_so(home, there, aimed):
    lose_half(home)
    run = publish_to(home)
    assert run.status == "succeeded-with-issues" and codes_of(run.issues) == ["onward-shrank"] and len(there.names()) == 10
    with home.reading() as session:
        assert leaving.names(session, leaving.open_question(session, aimed.id)) == ["bo-0", "bo-1", "bo-2"]
    with home.writing() as session:
        assert leaving.confirm(session, aimed.id, act(home)) == 3
    assert publish_to(home).did == {"unchanged": 7, "deleted": 3} and len(there.names()) == 7


def test_what_a_person_keeps_stays_and_is_not_asked_again(home, there, aimed):
    lose_half(home)
    publish_to(home)
    with home.writing() as session:
        leaving.refuse(session, aimed.id, act(home, "Còn cần"))
    run = publish_to(home)
    assert (run.status, run.did) == ("succeeded", {"unchanged": 7}) and len(there.names()) == 10
    with home.reading() as session:
        assert leaving.open_question(session, aimed.id) is None


def test_the_question_lapses_where_they_come_back(home, there, aimed):
    lose_half(home)
    publish_to(home)
    for number in range(3):
        call(home, "package_patch", user="tester", id=[row for row in rows(home).values() if row.name == f"bo-{number}"][0].dataset_id, state="active")
    assert publish_to(home).status == "succeeded"
    with home.reading() as session:
        assert leaving.open_question(session, aimed.id) is None


def test_an_empty_catalogue_deletes_nothing(home, there, aimed):
    publish_to(home)
    for name in ("tram-y-te", "ban-do", *NOISE):
        call(home, "package_patch", user="tester", id=name, private=True)
    assert codes_of(publish_to(home).issues) == ["onward-empty"]
    assert len(there.names()) == 4


def test_whoever_names_a_dataset_that_is_gone_has_it_deleted(home, there, aimed):
    lose_half(home)
    assert publish_to(home, names=["bo-1"]).did == {"deleted": 1}
    assert len(there.names()) == 9


def test_what_would_be_done_is_told_without_doing_it(home, there, aimed):
    with home.reading() as session:
        plan, issue = foreseen(home, session.get_one(Target, aimed.id))
    assert issue is None and sorted(plan["created"]) == sorted(["ban-do", "tram-y-te", *NOISE]) and there.names() == []
    with home.reading() as session:
        assert session.scalar(select(func.count()).select_from(OnwardRun)) == 0


def test_a_token_that_is_none_is_told_by_agency(home, there):
    aim(home, there.url, "khong-phai-ma")
    run = publish_to(home)
    assert (run.status, run.did) == ("succeeded-with-issues", {"failed": 4})
    assert {code for row in rows(home).values() for code in codes_of(row.issues)} == {"onward-organization-missing"}


def test_an_account_that_may_not_write_into_an_organization_asks_once_and_goes_on_with_others(home, there):
    for name, title in (("so-y-te", "Sở Y tế"), ("y-te", "Y tế")):
        call(there.site, "organization_create" if name == "so-y-te" else "group_create", user="tester", name=name, title=title)
    aim(home, there.url, there.stranger)
    assert publish_to(home).did == {"created": 2, "failed": 2}
    assert codes_of(rows(home)["ban-do"].issues) == codes_of(rows(home)["tram-y-te"].issues) == ["onward-not-allowed"]
    call(there.site, "organization_member_create", user="tester", id="so-y-te", username="stranger", role="editor")
    assert publish_to(home).did == {"created": 2, "unchanged": 2}


def test_a_token_that_was_revoked_costs_few_calls(home, there):
    many(home)
    with go_between(there.url) as between:
        aim(home, between.url().rstrip("/"), there.root)
        publish_to(home)
        aim(home, between.url().rstrip("/"), "da-bi-thu-hoi")
        before = len(between.asked)
        run = publish_to(home, forced=True)
        assert run.did == {"failed": 10} and len(between.asked) - before < 12
    assert {code for row in rows(home).values() for code in codes_of(row.issues)} == {"onward-not-allowed"}
    assert {row.state for row in rows(home).values()} == {"failed"} and len(there.names()) == 10


def test_what_never_came_there_and_is_gone_here_is_forgotten(home, there):
    aim(home, there.url, "khong-phai-ma")
    publish_to(home)
    assert set(rows(home)) == {"ban-do", "tram-y-te", *NOISE}
    call(home, "package_delete", user="tester", id="ban-do")
    publish_to(home)
    assert set(rows(home)) == {"tram-y-te", *NOISE}


def test_an_organization_that_may_be_somebody_elses_is_not_written_into(home, there, aimed):
    call(there.site, "organization_create", user="tester", name="so-y-te", title="Sở Y tế Hà Nội")
    run = publish_to(home)
    assert run.did == {"created": 2, "failed": 2} and codes_of(rows(home)["ban-do"].issues) == ["onward-organization-other"]
    aim(home, there.url, organizations={"so-y-te": "so-y-te"})
    assert publish_to(home).did == {"created": 2, "unchanged": 2}


def test_a_dataset_that_the_target_refuses_stops_no_other(home, there, aimed):
    with home.writing() as session:
        session.scalars(select(Dataset).where(Dataset.name == "ban-do")).one().maintainer_email = "không phải địa chỉ"
    run = publish_to(home)
    assert (run.status, run.did) == ("succeeded-with-issues", {"created": 3, "failed": 1})
    [issue] = rows(home)["ban-do"].issues
    assert issue["code"] == "onward-refused" and "maintainer_email" in issue["facts"]["reason"]


def test_two_runs_to_one_target_never_meet(home, there, aimed):
    with orders.alone(home, aimed):
        assert orders.is_going(home, aimed.id)
        with pytest.raises(orders.Busy):
            publish_to(home)
    assert not orders.is_going(home, aimed.id)


def test_a_paused_target_is_left_alone(home, there, aimed):
    with home.writing() as session:
        session.get_one(Target, aimed.id).state = "paused"
    with pytest.raises(UsageError, match="paused"):
        publish_to(home)


def test_the_token_is_kept_sealed_and_only_for_its_server(home, there, aimed):
    with home.reading() as session:
        kept = session.get_one(Target, aimed.id).secrets
    assert there.root not in str(kept) and unseal(home.settings.secret_key, aimed.id, "token", kept["token"]) == there.root
    aim(home, there.url, "", prefix="a-")  # a change that names no token keeps it
    with pytest.raises(UsageError, match="token"):
        aim(home, "http://127.0.0.1:9/", "")


def test_what_was_harvested_from_the_target_does_not_go_back(home, there, aimed):
    with home.writing() as session:
        agency = session.scalars(select(Agency).where(Agency.slug == "so-y-te")).one()
        source = Source(name="dich", agency_id=agency.id, connector="ckan", url=f"{there.url}/", created=home.clock.now())
        session.add(source)
        session.flush()
        session.scalars(select(Dataset).where(Dataset.name == "ban-do")).one().source_id = source.id
    publish_to(home)
    assert "ban-do" not in there.names()
