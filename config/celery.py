"""The Celery app: tasks are found in each app's ``tasks``; the timetable stands in ``schedule``."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sanwei")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
