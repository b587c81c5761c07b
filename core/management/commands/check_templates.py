"""``manage.py check_templates``: every template compiles, and every one is used."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import template_checks


class Command(BaseCommand):
    """Compile each template and look for unused ones."""

    help = "Compile every template of the project and name those that nothing uses."

    def handle(self, *args: Any, **options: Any) -> None:
        found = template_checks.problems()
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} problems in templates")
