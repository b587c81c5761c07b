"""Wires the apps together: settings, urls, celery, admin, embedded services."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
