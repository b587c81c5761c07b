"""The Celery app: tasks are found in each app's ``tasks``; the timetable stands in ``schedule``."""

from __future__ import annotations

import os

from celery import Celery

from config.schedule import beat_schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sanwei")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = beat_schedule()
app.autodiscover_tasks()
app.autodiscover_tasks(["config"])
