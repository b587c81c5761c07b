"""``python -m tests.run_job PK``: work one run off in a process of its own, which a test may kill."""

from __future__ import annotations

import sys

import django

if __name__ == "__main__":
    django.setup()

    from core.jobs import run_job_now
    from core.models import JobRun

    run_job_now(JobRun.objects.get(pk=int(sys.argv[1])))
