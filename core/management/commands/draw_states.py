"""``manage.py draw_states``: the state diagrams of ``docs/states.md``, from the rules."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.state_diagrams import UnknownStates, document, states_file


class Command(BaseCommand):
    """Draw the state diagrams, or say whether they are stale."""

    help = "Draw docs/states.md from the TRANSITIONS tables (--check: fail when it is stale)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")

    def handle(self, *args: Any, **options: Any) -> None:
        file = states_file()
        try:
            fresh = document()
        except UnknownStates as error:
            raise CommandError(str(error)) from None
        stands = file.read_text(encoding="utf-8") if file.exists() else ""
        if options["check"]:
            if stands != fresh:
                raise CommandError(f"{file.name} is stale; run manage.py draw_states")
            return
        file.write_text(fresh, encoding="utf-8")
        self.stdout.write(f"{file.name} drawn" if stands != fresh else f"{file.name}: nothing new")
