"""The Celery app of real workers that tests start and kill: ``celery -A tests.probe_worker worker``."""

from __future__ import annotations

import os

import django

django.setup()

from config.celery import app  # noqa: E402 - the apps must be ready first
from tests import probe_job  # noqa: E402

app.conf.task_default_queue = os.environ["PROBE_QUEUE"]
probe_job.register()
