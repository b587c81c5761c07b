"""``python -m tests.run_job PK DONE``: work a run off in a process of its own, until it is killed.

Once DONE items are done it does half of the next chunk, says so and stands still.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import replace

import django

if __name__ == "__main__":
    django.setup()

    from core.jobs import job_kind, progress_of, register_job, run_job_now
    from core.models import JobRun

    run = JobRun.objects.get(pk=int(sys.argv[1]))
    kind, enough = job_kind(run.kind), int(sys.argv[2])

    def do_items(run: JobRun, first: int, last: int) -> None:
        """Do a chunk, or half of it."""
        if progress_of(run.pk).done < enough:
            kind.do_items(run, first, last)
            return
        kind.do_items(run, first, (first + last) // 2)
        print("half", flush=True)
        signal.pause()

    register_job(replace(kind, do_items=do_items))
    run_job_now(run)
