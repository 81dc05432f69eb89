"""The tables, by subject."""

from catalog.models.agency import Agency, AgencyName, Commitment, Exemption, Succession
from catalog.models.base import Base, new_id
from catalog.models.dataset import Change, Dataset, OldName, Resource, Theme, Version
from catalog.models.desk import Preview, SignIn, SignInFailure
from catalog.models.harvest import IssueRow, Known, Run, RunPage, RunRecord, Source, Staged, Worker
from catalog.models.notice import Notice, NoticeDelivery
from catalog.models.participation import Evidence
from catalog.models.site import ApiToken, SiteFact

__all__ = [
    "Agency", "AgencyName", "ApiToken", "Base", "Change", "Commitment", "Dataset", "Evidence", "Exemption", "IssueRow",
    "Known", "Notice", "NoticeDelivery", "OldName", "Resource", "Run", "RunPage", "RunRecord", "SiteFact", "Source", "Staged", "Succession", "Theme", "Version", "Worker",
    "Preview", "SignIn", "SignInFailure", "new_id",
]
