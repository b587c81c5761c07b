"""``manage.py load_demo``: a union that looks alive, or the logins to it."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from config import demo_union


class Command(BaseCommand):
    """Load the demo union once; a second run changes nothing."""

    help = "Load the demo union (invented people, real villages), or print its --logins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print one login for each user")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This loads invented people: it runs only with DEMO=1.")
        if options["logins"]:
            for line in demo_union.logins():
                self.stdout.write(line)
            return
        # A year of SMS is loaded; the steps of the demo are what one wants to read.
        logging.getLogger("cooperative.notices").setLevel(logging.WARNING)
        with transaction.atomic():  # whole or not at all, so that a second try starts clean
            demo_union.load(at=timezone.now(), say=self.stdout.write)
