"""`haidang target` and `haidang publish`, typed."""

from __future__ import annotations

import json
import subprocess

import pytest
from support import commands
from support.publishing import call, furnish, publish
from support.targets import rows, target_site


@pytest.fixture
def home(site):
    furnish(site)
    publish(site, name="ban-do", title="Bản đồ")
    return site


@pytest.fixture
def there(home, tmp_path, clock):
    with target_site(tmp_path / "there", clock) as there:
        yield there


def haidang(site, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return commands.haidang(site, *words, typed=typed, HAIDANG_SITE_URL=site.settings.site_url)


def answer(done: subprocess.CompletedProcess[str], code: int = 0):
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_a_target_is_added_shown_published_to_paused_and_removed(home, there):
    added = answer(haidang(home, "target", "add", "tinh", "--url", f"{there.url}/api/3/action", "--organization", "*=chung", "--json", typed=there.root))
    assert (added["url"], added["token"], added["state"], added["last_run"]) == (there.url, True, "active", None)
    plan = answer(haidang(home, "publish", "--to", "tinh", "--dry-run", "--json"))
    assert plan["created"] == ["ban-do", "zz-tieng-on-1", "zz-tieng-on-2"] and there.names() == []
    done = answer(haidang(home, "publish", "--to", "tinh", "--dataset", "ban-do", "--json"))
    assert (done["status"], done["did"], done["issues"]) == ("succeeded", {"created": 1}, [])
    shown = answer(haidang(home, "target", "show", "tinh", "--json"))
    assert (shown["datasets"], shown["mapping"]["organizations"], shown["last_run"]["status"]) == ({"sent": 1}, {"*": "chung"}, "succeeded")
    assert there.root not in json.dumps(shown)
    assert answer(haidang(home, "target", "pause", "tinh", "--json"))["state"] == "paused"
    paused = haidang(home, "publish", "--to", "tinh")
    assert paused.returncode == 2 and "haidang target resume tinh" in paused.stderr
    answer(haidang(home, "target", "resume", "tinh", "--json"))
    assert answer(haidang(home, "target", "remove", "tinh", "--json"))["token"] is False
    assert answer(haidang(home, "target", "list", "--json")) == []


def test_a_change_keeps_what_it_does_not_name(home, there, tmp_path):
    secret = tmp_path / "khoa"
    secret.write_text(there.root + "\n")
    answer(haidang(home, "target", "add", "tinh", "--url", there.url, "--token", str(secret), "--prefix", "brvt-", "--schedule", "daily", "--json"))
    changed = answer(haidang(home, "target", "add", "tinh", "--title", "Cổng tỉnh", "--json"))
    assert (changed["title"], changed["url"], changed["token"]) == ("Cổng tỉnh", there.url, True) and changed["schedule"] and changed["next_run"]
    assert answer(haidang(home, "target", "show", "tinh", "--json"))["mapping"]["prefix"] == "brvt-"


@pytest.mark.parametrize(("words", "said"), [
    (["add", "tinh"], "--url"), (["add", "Tỉnh", "--url", "http://127.0.0.1:9"], "tinh"), (["add", "a-b", "--url", "http://10.0.0.1/"], "10.0.0.1"),
    (["add", "a-b", "--url", "http://a:b@127.0.0.1:9"], "mật khẩu"), (["add", "a-b", "--url", "http://127.0.0.1:9", "--schedule", "hôm nào"], "hôm nào"),
    (["add", "a-b", "--url", "http://127.0.0.1:9", "--licence", "cc-by"], "NAME=VALUE"), (["show", "khong-co"], "haidang target list"),
    (["add", "a-b", "--url", "http://127.0.0.1:9", "--token", "/khong-co"], "/khong-co")])
def test_what_cannot_be_used_is_said_in_words(home, words, said):
    done = haidang(home, "target", *words, typed="khoa")
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


def test_a_question_is_answered_by_command(home, there):
    for number in range(3):
        publish(home, name=f"bo-{number}")
    answer(haidang(home, "target", "add", "tinh", "--url", there.url, "--json", typed=there.root))
    answer(haidang(home, "publish", "--to", "tinh", "--json"))
    for number in range(2):
        call(home, "package_delete", user="tester", id=f"bo-{number}")
    done = haidang(home, "publish", "--to", "tinh")
    assert done.returncode == 1 and "haidang target confirm tinh" in done.stderr
    assert len(answer(haidang(home, "target", "show", "tinh", "--json"))["asked"]) == 2
    assert haidang(home, "target", "confirm", "tinh", "--reason", "Đã gỡ").returncode == 0
    assert answer(haidang(home, "publish", "--to", "tinh", "--json"))["did"] == {"unchanged": 4, "deleted": 2}
    assert rows(home)["bo-0"].state == "deleted"
    assert haidang(home, "target", "refuse", "tinh", "--reason", "x").returncode == 1
