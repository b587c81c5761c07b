"""``manage.py quote``: a loan's schedule without the site, JSON in and out."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from credit.lending.rules.quote import main


class Command(BaseCommand):
    """Read one JSON object from standard input, print the schedule as JSON.

    Fields and conventions: ``docs/lending-engine.md``. ``manage.py`` calls the engine directly, so
    that neither settings nor a database are needed; this command is the same for ``call_command``.
    """

    help = "Read one JSON object from standard input, print the loan's schedule as JSON."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        code = main(sys.stdin, self.stdout, self.stderr)
        if code:
            sys.exit(code)
