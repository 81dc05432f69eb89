"""One dataset at a target: made, changed, taken away; nothing of anybody else's is ever touched.

What is about to be sent is written down first, with the name that it is to have there. Whoever is killed between the call and
its record finds that name taken at the next attempt, sees our id on what has it, and goes on with that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.errors import Invalid, NotAuthorized, NotFound, Trouble
from catalog.issues import Issue, Place
from catalog.models import Onward
from catalog.onward.holders import Holders
from catalog.onward.mapping import MARK, mark_of
from catalog.onward.portal import Portal, Upload, reasons
from catalog.site import Site

ENOUGH = 3  # changes in a row that are not allowed in an organization, after which it is not asked again in this run


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A dataset ready to be sent: CKAN's dict of it (`sent`), its hash, the names that it may have there, the wanted one first.

    `agency` and `themes` are as a package dict has them; `uploads` are files whose bytes go along, by our id of the resource.
    """

    dataset_id: str
    name: str
    names: Sequence[str]
    sent: Mapping[str, Any]
    hash: str
    agency: Mapping[str, Any] | None
    themes: Sequence[Mapping[str, Any]]
    uploads: Mapping[str, Upload] = field(default_factory=dict)


class Record:
    """The row of one dataset at one target, written at once whenever something is known."""

    def __init__(self, site: Site, target_id: str, dataset_id: str) -> None:
        self._site, self._key = site, {"target_id": target_id, "dataset_id": dataset_id}

    def keep(self, **known: Any) -> None:
        """Write down what is known from now on; the rest stays."""
        with self._site.writing() as session:
            now = self._site.clock.now()
            row = session.get(Onward, self._key) or Onward(**self._key, state="sending")
            for name, value in {**known, "tried_at": now, **({"sent_at": now} if known.get("state") == "sent" else {})}.items():
                setattr(row, name, value)
            session.add(row)


class Delivery:
    """Sends datasets to one target; Trouble says why one could not be sent."""

    def __init__(self, site: Site, target_id: str, portal: Portal, holders: Holders) -> None:
        self._site, self._target_id, self._portal, self._holders = site, target_id, portal, holders
        self._refused: Counter[str] = Counter()  # changes that were not allowed since one was, by organization

    def deliver(self, parcel: Parcel, known: Onward | None) -> tuple[str, list[Issue]]:
        """Make the target have the dataset as it is here; `created` or `updated`, and what is not as it should be."""
        if parcel.agency is not None:
            self._holders.require_organization(parcel.agency)
        notes = [issue for theme in parcel.themes if (issue := self._holders.missing_group(theme))]
        lacking = {issue.facts["name"] for issue in notes}
        sent = {**parcel.sent, "groups": [group for group in parcel.sent["groups"] if group["name"] not in lacking]}
        record = Record(self._site, self._target_id, parcel.dataset_id)
        outcome, shown = self._put(parcel, sent, known, record)
        files = _files(sent["resources"], shown, known.files if known is not None else {})
        record.keep(name=parcel.name, remote_id=shown["id"], remote_name=shown["name"], files=files)
        notes += self._send_files(parcel, files, record)
        if len(shown.get("groups") or []) < len(sent["groups"]) and not notes:
            notes.append(Issue("onward-group-missing", facts={"name": ", ".join(group["name"] for group in sent["groups"])}))
        record.keep(state="sent", hash=parcel.hash, kept_by=None, issues=[issue.to_dict() for issue in notes])
        return outcome, notes

    def withdraw(self, known: Onward) -> None:
        """Take away at the target what is no longer public here; what is not there is gone already."""
        remote_id = known.remote_id
        try:
            if remote_id is None:  # sent, perhaps, by a run that was killed before it could write that down
                found = self._ours(known.remote_name, known.dataset_id)
                remote_id = found["id"] if found else None
            if remote_id is not None:
                self._portal.call_action("package_delete", {"id": remote_id})
        except NotFound:
            pass
        except NotAuthorized as refused:
            raise self._not_allowed("package_delete", refused, known.remote_name) from None
        Record(self._site, self._target_id, known.dataset_id).keep(state="deleted", remote_id=remote_id, hash=None, issues=[])

    def _put(self, parcel: Parcel, sent: Mapping[str, Any], known: Onward | None, record: Record) -> tuple[str, Mapping[str, Any]]:
        if known is not None and known.remote_id is not None:
            try:
                return "updated", self._update(parcel, sent, known, record)
            except NotFound:  # purged there by somebody
                record.keep(remote_id=None, files={})
        try:
            return self._create(parcel, sent, known, record)
        except NotAuthorized as refused:
            trouble = self._not_allowed("package_create", refused, parcel.names[0])
            self._holders.close(sent["owner_org"], trouble.issue)
            raise trouble from None

    def _update(self, parcel: Parcel, sent: Mapping[str, Any], known: Onward, record: Record) -> Mapping[str, Any]:
        record.keep(name=parcel.name, state="sending", hash=None)
        resources = list(_known_resources(parcel, sent["resources"], known.files))
        try:
            shown = self._write("package_update", {**sent, "id": known.remote_id, "name": known.remote_name, "resources": resources})
        except NotAuthorized as refused:
            trouble = self._not_allowed("package_update", refused, known.remote_name)
            self._refused[sent["owner_org"]] += 1
            if self._refused[sent["owner_org"]] >= ENOUGH:
                self._holders.close(sent["owner_org"], trouble.issue)
            raise trouble from None
        self._refused[sent["owner_org"]] = 0
        return shown

    def _create(self, parcel: Parcel, sent: Mapping[str, Any], known: Onward | None, record: Record) -> tuple[str, Mapping[str, Any]]:
        """Make it under the first name that nobody else has there; what has that name and is ours is taken up again."""
        before = [known.remote_name] if known is not None and known.remote_name else []
        names = list(dict.fromkeys([*before, *parcel.names]))
        for name in names:
            record.keep(name=parcel.name, state="sending", hash=None, remote_name=name)
            try:
                return "created", self._write("package_create", {**sent, "name": name})
            except Invalid as refused:
                if "name" not in refused.errors:
                    raise
                refusal = refused
            try:
                found = self._ours(name, parcel.dataset_id)
            except NotFound:  # nobody has the name; something else is wrong with it
                raise refusal from None
            if found is not None:
                ids = {resource[MARK]: {"id": resource["id"], "url": resource.get("url")} for resource in found["resources"] if resource.get(MARK)}
                again = Onward(remote_id=found["id"], remote_name=found["name"], files=ids)
                return "updated", self._update(parcel, sent, again, record)
        record.keep(remote_name="")
        raise Trouble(Issue("onward-name-taken", Place(url=f"{self._portal.url}/dataset/{names[0]}"), {"names": ", ".join(names)}))

    def _ours(self, name: str, dataset_id: str) -> Mapping[str, Any] | None:
        """What has that name at the target, if it is our dataset; None for anybody else's, and for what we may not see. NotFound for nothing."""
        try:
            found = self._portal.call_action("package_show", {"id": name})
        except NotAuthorized:
            return None
        return found if mark_of(found) == dataset_id else None

    def _write(self, action: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send it; once more without groups where the target lets us write it but not into those."""
        try:
            return self._portal.call_action(action, data)
        except NotAuthorized as refused:
            if not data["groups"] or "groups" not in refused.message:
                raise
        return self._portal.call_action(action, {**data, "groups": []})

    def _send_files(self, parcel: Parcel, files: dict[str, Any], record: Record) -> list[Issue]:
        """Send the bytes that the target has not; a file that it will not take stays a link to ours."""
        notes = []
        for resource_id, upload in parcel.uploads.items():
            there = files.get(resource_id)
            if there is None or there.get("sha256") == upload.sha256:
                continue
            try:
                shown = self._portal.call_action("resource_patch", {"id": there["id"]}, upload)
            except Invalid as refused:
                notes.append(Issue("onward-file-refused", Place(file=upload.filename), {"reason": reasons(refused)}))
            except Trouble as trouble:
                if trouble.issue.code != "onward-too-large":
                    raise
                notes.append(Issue("onward-file-refused", Place(file=upload.filename), {"reason": "413"}))
            else:
                files[resource_id] = {"id": there["id"], "url": shown["url"], "sha256": upload.sha256}
                record.keep(files=dict(files))
        return notes

    def _not_allowed(self, action: str, refused: NotAuthorized, name: str) -> Trouble:
        return Trouble(Issue("onward-not-allowed", Place(url=f"{self._portal.url}/dataset/{name}"), {"action": action, "said": refused.message or "403"}))


def _known_resources(parcel: Parcel, resources: Sequence[Mapping[str, Any]], files: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The resources with the ids that they have there; a file whose bytes are there keeps its address there."""
    for resource in resources:
        known = files.get(resource[MARK])
        if known is None:
            yield dict(resource)
        elif known.get("sha256") and resource[MARK] in parcel.uploads:
            yield {**resource, "id": known["id"], "url": known["url"], "url_type": "upload"}
        else:
            yield {**resource, "id": known["id"]}


def _files(resources: Sequence[Mapping[str, Any]], shown: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The resources at the target by our ids, known by the mark on them, else by their place where all are there."""
    there = shown["resources"]
    marked = {resource[MARK]: resource for resource in there if resource.get(MARK)}
    placed = dict(zip((resource[MARK] for resource in resources), there, strict=True)) if len(there) == len(resources) else {}
    files = {}
    for resource in resources:
        found = marked.get(resource[MARK]) or placed.get(resource[MARK])
        if found is not None:
            sha256 = before.get(resource[MARK], {}).get("sha256") if found.get("url_type") == "upload" else None
            files[resource[MARK]] = {"id": found["id"], "url": found.get("url"), **({"sha256": sha256} if sha256 else {})}
    return files
