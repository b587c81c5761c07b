"""``manage.py translations``: compile, check or update the catalogues without gettext tools."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import translations


class Command(BaseCommand):
    """Compile, check or update translations."""

    help = "Compile (--compile), check (--check) or update (--update) the translation catalogues."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--compile", action="store_true", help="write the .mo files")
        group.add_argument("--check", action="store_true", help="fail when English is missing")
        group.add_argument("--update", action="store_true", help="collect the texts into locale/en")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            written = translations.compile_catalogues()
            self.stdout.write(f"{len(written)} catalogues compiled")
        elif options["update"]:
            missing = translations.update_english()
            self.stdout.write(f"{missing} texts still lack English")
        else:
            found = translations.problems()
            for line in found:
                self.stdout.write(line)
            if found:
                raise CommandError(
                    f"{len(found)} problems; run translations --update and fill them"
                )
