"""Who may be told what names a dataset: everybody, or those who act for the agency whose private dataset it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from catalog.models.dataset import Dataset

ALL = "all"


def seen_by(dataset_id: Any, source_id: Any, identifier: Any) -> ColumnElement[str]:
    """Who may read what an issue or a record says: `ALL`, or the id of the agency of its private dataset; "" is no agency at all.

    It belongs to the dataset by id or, where it has none, by its identifier at the source. One that was purged stays untold.
    """
    whose = case((Dataset.private, func.coalesce(Dataset.owner_org, "")), else_=ALL)
    by_id = select(whose).where(Dataset.id == dataset_id).correlate_except(Dataset).scalar_subquery()
    by_identifier = select(whose).where(Dataset.source_id == source_id, Dataset.identifier == identifier).order_by(
        Dataset.private.desc()).limit(1).correlate_except(Dataset).scalar_subquery()
    return case((dataset_id.is_not(None), func.coalesce(by_id, "")), else_=func.coalesce(by_identifier, ALL))
