"""Long work on Celery: runs, chunks, progress, resume, and failure of one item alone.

A run is planned into chunks; a chunk is claimed by its row lock, worked off and marked done in one
transaction. A killed worker rolls back and its chunk is queued again: nothing is done twice.
"""

from core.jobs.kinds import JobKind, job_kind, register_job
from core.jobs.progress import Progress, progress_of, unfinished_runs
from core.jobs.running import finish_job, plan_job, run_chunk, run_job_now, start_job, work_off

__all__ = [
    "JobKind",
    "Progress",
    "finish_job",
    "job_kind",
    "plan_job",
    "progress_of",
    "register_job",
    "run_chunk",
    "run_job_now",
    "start_job",
    "unfinished_runs",
    "work_off",
]
