"""Which datasets go to a target, and each of them made ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog.actions import shown
from catalog.actions.context import Context
from catalog.errors import UsageError
from catalog.formats import MEDIA_TYPES
from catalog.models import Dataset, Onward, Resource, Source, Target, Version
from catalog.onward.delivering import Parcel
from catalog.onward.mapping import Rules, hash_of, outgoing
from catalog.onward.portal import Upload
from catalog.site import Site
from catalog.source_secrets import server
from catalog.verdicts import GOOD

AT_ONCE = 100  # datasets read together
BYTES = "application/octet-stream"


def is_public(session: Session, target: Target) -> tuple[Any, ...]:
    """The conditions of datasets that the target is to have: public, not harvested from it, not made up unless it takes what is."""
    origin = [row.id for row in session.scalars(select(Source)) if server(row.url) == server(target.url)]
    public = [Dataset.state == "active", Dataset.private.is_(False)]
    if origin:
        public.append(or_(Dataset.source_id.is_(None), Dataset.source_id.not_in(origin)))
    if not Rules.of(target).illustrative:
        public.append(Dataset.illustrative.is_(False))
    return tuple(public)


def chosen(session: Session, target: Target, names: Sequence[str] = ()) -> tuple[list[str], list[str] | None]:
    """The ids of public datasets by name, all or those named; and of all that are named, None where none is.

    UsageError for a name that is nothing's, or of what is neither public nor at the target.
    """
    public = select(Dataset.id).where(*is_public(session, target)).order_by(Dataset.name)
    if not names:
        return list(session.scalars(public)), None
    going = list(session.scalars(public.where(or_(Dataset.name.in_(names), Dataset.id.in_(names)))))
    known = session.execute(select(Dataset.id, Dataset.name).where(Dataset.id.in_(going))).all()
    there = session.execute(select(Onward.dataset_id, Onward.name).where(Onward.target_id == target.id, or_(Onward.name.in_(names), Onward.dataset_id.in_(names)))).all()
    met = {word for row in (*known, *there) for word in row}
    if lacking := [name for name in names if name not in met]:
        listed = ", ".join(lacking)
        raise UsageError(f"Không có bộ dữ liệu công khai nào để gửi tới {target.name} tên: {listed}.", f"There is no public dataset to be sent to {target.name} named: {listed}.")
    return going, list(dict.fromkeys([*going, *(dataset_id for dataset_id, _ in there)]))


def parcels(site: Site, target: Target, ids: Sequence[str]) -> Iterator[tuple[Parcel, Onward | None]]:
    """Each dataset made ready as it is now, with what is known of it at the target; one that is no longer public is left out."""
    rules = Rules.of(target)
    for start in range(0, len(ids), AT_ONCE):
        with site.reading() as session:
            some = list(session.scalars(select(Dataset).where(Dataset.id.in_(ids[start:start + AT_ONCE]), *is_public(session, target)).order_by(Dataset.name)))
            packages = shown.packages(Context(site=site, session=session), some)
            known = {row.dataset_id: row for row in session.scalars(
                select(Onward).where(Onward.target_id == target.id, Onward.dataset_id.in_([dataset.id for dataset in some])))}
            versions = _versions(session, [dataset.id for dataset in some])
            ready = [_parcel(site, target, rules, package, versions) for package in packages]
        yield from ((parcel, known.get(parcel.dataset_id)) for parcel in ready)


def _versions(session: Session, ids: Sequence[str]) -> dict[str, Version]:
    """The live versions of files, by the id of their resource."""
    return dict(session.execute(
        select(Resource.id, Version).join(Version, Version.id == Resource.version_id).where(Resource.dataset_id.in_(ids))).all())


def _parcel(site: Site, target: Target, rules: Rules, package: dict[str, Any], versions: dict[str, Version]) -> Parcel:
    good = [resource for resource in package["resources"] if (version := versions.get(resource["id"])) is None or _is_good(version)]
    sent = outgoing({**package, "resources": good}, rules, site.settings.site_url)
    uploads = {} if target.mode == "link" else {
        resource["id"]: Upload(sha256=version.sha256, files=site.files, filename=version.filename, media_type=MEDIA_TYPES.get(version.format, BYTES))
        for resource in good if (version := versions.get(resource["id"])) is not None and _has_bytes(resource, version, rules)}
    return Parcel(
        dataset_id=package["id"], name=package["name"], names=rules.names(package["name"]), sent=sent, hash=hash_of(sent, f"{target.mode} {sorted(uploads)}"),
        agency=package["organization"], themes=[group for group in package["groups"] if rules.group(group["name"])], uploads=uploads)


def _has_bytes(resource: Mapping[str, Any], version: Version, rules: Rules) -> bool:
    """Whether a file is ours to give and small enough; rows that a program wrote are no file."""
    return resource["url_type"] == "upload" and version.sha256 != version.table_sha256 and version.size <= rules.max_upload * 1_000_000


def _is_good(version: Version) -> bool:
    """Whether a version may leave the house: published, and found good."""
    return version.state == "published" and version.checked in GOOD
