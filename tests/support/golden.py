"""Replays the calls that a real CKAN answered to a seeded site, and compares what we answer.

The folder holds INDEX.tsv (the calls in their order and what of each answer counts), one JSON file a call, `seed.json`
and `ids.json`; see its README. Ids, moments, tokens, hashes and the base URL are made equal before anything is compared.
"""

from __future__ import annotations

import csv
import datetime
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TOKEN_ID = re.compile(r"^[\w-]{43}$")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")
HEX = re.compile(r"\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b")
BASE = "http://ckan.example"
MORE_OFTEN = "datastore_active"  # a file that was sent is a table at once; CKAN's are made by a program beside it
OWN_ONLY = ("error", "facets", "records", "filters")  # where no key may be added


@dataclass(frozen=True)
class Call:
    """One line of the index."""

    name: str
    family: str
    compared: str


@dataclass
class Replay:
    """The calls against our server; `ids` maps each of theirs to ours."""

    folder: Path
    client: FlaskClient
    tokens: dict[str, str]
    site_url: str
    ids: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    def calls(self) -> list[Call]:
        """The index, in the order in which the calls were played."""
        with (self.folder / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            return [Call(row["name"], row["family"], row["compared"]) for row in rows]

    def golden(self, name: str) -> dict[str, Any]:
        """What was sent and what CKAN answered."""
        return json.loads((self.folder / f"{name}.json").read_text("utf-8"))

    def act(self, action: str, params: dict[str, Any], user: str = "admin") -> Any:
        """One action, which must succeed."""
        answer = self.client.post(f"/api/3/action/{action}", headers={"Authorization": self.tokens[user]}, **_body(params))
        assert answer.status_code == 200, (action, params, answer.json)
        return answer.json["result"]

    def seed(self) -> None:
        """Fill the site as the golden one was filled."""
        rows = list(counts())
        for step in json.loads((self.folder / "seed.json").read_text("utf-8")):
            if step["action"] == "user_create":
                continue
            params = step["params"]
            if params.get("resource_id") == "$counts":
                params = {**params, "resource_id": self._resource("Passenger counts of road-traffic-counts-2015")}
            if isinstance(params.get("records"), str):
                start, _, end = params["records"].removeprefix("$counts[").removesuffix("]").partition(":")
                params = {**params, "records": rows[int(start) : int(end)]}
            self.act(step["action"], params)

    def learn_ids(self) -> None:
        """Which of our ids stands for each of theirs, of what the seed made."""
        for theirs, what in self._known():
            kind, _, rest = what.partition(" ")
            found = {"organization": lambda n: self.act("organization_show", {"id": n})["id"], "group": lambda n: self.act("group_show", {"id": n})["id"],
                     "dataset": lambda n: self.act("package_show", {"id": n})["id"], "user": lambda n: self.act("user_show", {"id": n})["id"],
                     "tag": lambda n: self.act("tag_show", {"id": n})["id"], "resource": self._resource}.get(kind)
            if found and not what.startswith("result."):
                self.ids[theirs] = found(rest)

    def _known(self) -> Iterator[tuple[str, str]]:
        listed = json.loads((self.folder / "ids.json").read_text("utf-8"))
        yield from listed.get("ids", next(part for part in listed.values() if isinstance(part, dict) and any(map(UUID.fullmatch, part)))).items()

    def _resource(self, words: str) -> str:
        name, _, dataset = words.rpartition(" of ")
        return next(r["id"] for r in self.act("package_show", {"id": dataset})["resources"] if r["name"] == name)

    def made_by(self, name: str, answer: Any) -> None:
        """Learn the ids that a call gave."""
        for theirs, what in self._known():
            path, _, call = what.partition(" of ")
            if path.startswith("result.") and call == name and theirs not in self.ids:
                here = answer
                for part in path.split("."):
                    here = here[int(part)] if isinstance(here, list) and part.isdigit() else here.get(part) if isinstance(here, dict) else None
                if isinstance(here, str):
                    self.ids[theirs] = here

    def ours(self, text: str) -> str:
        """A request's text with our ids in place of theirs."""
        for theirs, our in self.ids.items():
            text = text.replace(theirs, our)
        return text

    def play(self, name: str) -> tuple[int, str, Any]:
        """Send one call as it was sent; its status, content type and body."""
        request = self.golden(name)["request"]
        headers = {key: value for key, value in (request.get("headers") or {}).items() if key.lower() not in ("content-type", "content-length")}
        headers = {key: self._token_in(value, request) for key, value in headers.items()}
        if request["auth"] != "anonymous" and "Authorization" not in headers:
            headers["Authorization"] = self.tokens[request["auth"]]
        url = quote(self.ours(request["url"]), safe="/?&=%+*:,@!$'()~#;-._")
        answer = self.client.open(url, method=request["method"], headers=headers, **self._sent(request))
        body: Any = answer.get_data(as_text=True)
        answer.close()
        if "json" in (answer.content_type or "") or isinstance(self.golden(name)["response"]["body"], dict) and body.startswith("{"):
            body = json.loads(body) if body else body
        self.made_by(name, body)
        return answer.status_code, answer.content_type or "", body

    def _token_in(self, value: str, request: dict[str, Any]) -> str:
        return value.replace("<token>", self.tokens.get(request["auth"], self.tokens["admin"]))

    def _sent(self, request: dict[str, Any]) -> dict[str, Any]:
        kind = request.get("content_type")
        if request.get("files"):
            sent = {key: (BytesIO(content.encode()), filename, media) for key, (filename, content, media) in request["files"].items()}
            return {"data": {**json.loads(self.ours(json.dumps(request.get("form") or {}))), **sent}, "content_type": "multipart/form-data"}
        if "json" in request and request["json"] is not None:
            return {"data": self.ours(json.dumps(request["json"])), "content_type": kind or "application/json"}
        if request.get("form") is not None:
            return {"data": json.loads(self.ours(json.dumps(request["form"]))), **({"content_type": kind.partition(";")[0]} if kind else {})}
        if request.get("raw") is not None:
            return {"data": self.ours(request["raw"]), "content_type": kind or ""}
        return {"content_type": kind} if kind else {}


def counts() -> Iterator[dict[str, str]]:
    """The rows of the golden table, made as its README says."""
    chance, first = random.Random(7), datetime.date(2022, 1, 1)
    words = ["delay", "signal", "bridge", "maintenance", "crowded", "empty", "festival", "strike", "snow", "storm", "weekend", "holiday", "normal", "closed", "diverted"]
    for number in range(100_000):
        day = first + datetime.timedelta(days=number // 80)
        yield {"count_id": str(number + 1), "day": day.isoformat(), "station": f"ST{chance.randrange(400):04d}",
                   "region": chance.choice(["North", "South", "East", "West", "Centre"]), "mode": chance.choice(["road", "rail", "bus", "tram", "cycle"]),
                   "passengers": str(chance.randrange(5000)), "revenue": f"{chance.random() * 20000:.2f}", "is_holiday": str(day.weekday() >= 5).lower(),
                   "note": " ".join(chance.sample(words, 3))}


def _body(params: dict[str, Any]) -> dict[str, Any]:
    if "upload" in params:
        sent = {**params, "upload": (BytesIO(params["upload"].encode()), "sample.csv")}
        return {"data": sent, "content_type": "multipart/form-data"}
    return {"json": params}


def differences(call: Call, golden: dict[str, Any], ours: tuple[int, str, Any], site_url: str) -> list[str]:
    """What of our answer is not as it should be, by the rules of the index; empty when it is equal."""
    theirs = golden["response"]
    rule, *details = call.compared.split(" but ")
    free = " but ".join(details).split()
    status, content_type, body = ours
    if rule == "any" or theirs["status"] == 500:
        return []
    found = [] if status == theirs["status"] else [f"status {theirs['status']} became {status}"]
    if rule == "status" or not isinstance(theirs["body"], dict | str):
        return found
    if rule == "kind" or rule == "shape":
        kinds = [_kind(theirs["body"]), _kind(body)]
        return found + ([] if kinds[0] == kinds[1] else [f"envelope {kinds[0]} became {kinds[1]}"])
    expected_type = dict(theirs["headers"]).get("Content-Type", "")
    if expected_type.replace(" ", "") != content_type.replace(" ", ""):
        found.append(f"content type {expected_type!r} became {content_type!r}")
    if "text/html" in expected_type:
        return found
    a, b = equal(theirs["body"], BASE), equal(body, site_url)
    if isinstance(a, str) and a.rstrip(";").endswith(")") and isinstance(b, str) and "(" in b:
        name_a, name_b = a.partition("(")[0], b.partition("(")[0]
        found += [] if name_a == name_b else [f"callback {name_a} became {name_b}"]
        a, b = ({"payload": json.loads(text[text.index("(") + 1 : text.rindex(")")])} for text in (a, b))
    _compare(a, b, "", free, found)
    return found


def _kind(body: Any) -> Any:
    if not isinstance(body, dict):
        return type(body).__name__
    return sorted(body), body.get("success"), (body.get("error") or {}).get("__type")


def equal(value: Any, base: str) -> Any:
    """The value with what is a server's own made equal."""
    if isinstance(value, dict):
        return {key: "#" if key in ("hash", "email_hash", "token") and isinstance(item, str) else equal(item, base) for key, item in value.items()}
    if isinstance(value, list):
        return [equal(item, base) for item in value]
    if isinstance(value, str):
        text = MOMENT.sub("<moment>", TOKEN_ID.sub("<id>", UUID.sub("<id>", value.replace(base, "<base>"))))
        return HEX.sub("<hash>", text)
    return value


def _compare(a: Any, b: Any, path: str, free: list[str], found: list[str]) -> None:
    if len(found) > 12:
        return
    named = path.lstrip(".")
    for rule in free:
        kind, _, pattern = rule.partition(":")
        if kind == "free" and _fits(pattern, named):
            if type(a) is not type(b) and None not in (a, b):
                found.append(f"{named}: {type(a).__name__} became {type(b).__name__}")
            return
        if kind == "unordered" and named == pattern and isinstance(a, list) and isinstance(b, list):
            a, b = (sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) for items in (a, b))
        if kind == "ties" and named == pattern and isinstance(a, list) and isinstance(b, list):
            _compare_ties(a, b, named, free, found)
            return
    if isinstance(a, dict) and isinstance(b, dict):
        lacking, added = sorted(set(a) - set(b)), sorted(set(b) - set(a))
        if lacking:
            found.append(f"{named}: lacks {lacking}")
        if added and named.rpartition(".")[2] in OWN_ONLY:
            found.append(f"{named}: adds {added}")
        for key in a:
            if key in b and not (key == MORE_OFTEN and a[key] is False):
                _compare(a[key], b[key], f"{path}.{key}", free, found)
    elif isinstance(a, list) and isinstance(b, list):
        if a and isinstance(a[-1], dict) and "$cut" in a[-1]:
            a, b = [*a[:-1], a[-1]["$cut"]["length"]], [*b[: len(a) - 1], len(b)]
        if len(a) != len(b):
            found.append(f"{named}: {len(a)} items became {len(b)}: {json.dumps(a)[:150]} | {json.dumps(b)[:150]}")
        for one, other in zip(a, b, strict=False):
            _compare(one, other, f"{path}[]", free, found)
    elif a != b or type(a) is not type(b):
        found.append(f"{named}: {json.dumps(a, ensure_ascii=False)[:120]} became {json.dumps(b, ensure_ascii=False)[:120]}")


def _compare_ties(a: list[Any], b: list[Any], named: str, free: list[str], found: list[str]) -> None:
    count = a[-1]["$cut"]["length"] if a and isinstance(a[-1], dict) and "$cut" in a[-1] else len(a)
    if count != len(b):
        found.append(f"{named}: {count} items became {len(b)}")
    word = next((rule.removeprefix("has:").lower() for rule in free if rule.startswith("has:")), "")
    for item in b:
        if word not in json.dumps(item).lower():
            found.append(f"{named}: an item without {word}")
        if a and isinstance(item, dict) and (lacking := set(a[0]) - set(item) - {"license_url"}):
            found.append(f"{named}: lacks {sorted(lacking)}")


def _fits(pattern: str, path: str) -> bool:
    return path == pattern or pattern.endswith("*") and path.startswith(pattern[:-1])
