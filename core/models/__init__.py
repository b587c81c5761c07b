"""Rows that every app may write: audit, stored files, dated parameters, job runs."""

from core.models.audit import AuditRow
from core.models.documents import DocumentRecord
from core.models.files import StoredFile
from core.models.jobs import JobChunk, JobFailure, JobRun
from core.models.parameters import Parameter

__all__ = [
    "AuditRow",
    "DocumentRecord",
    "JobChunk",
    "JobFailure",
    "JobRun",
    "Parameter",
    "StoredFile",
]
