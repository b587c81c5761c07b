"""``manage.py found_root``: the first union and its two administrators, on an empty installation."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from cooperative.accounts.services.help import create_officer
from cooperative.consent.reference import load_reference as load_consent_reference
from cooperative.membership.models import Division, Union
from cooperative.membership.parameters import REFERENCE
from cooperative.membership.services import officers, organisation
from core.errors import Refused
from core.parameters import load_reference_values
from credit.lending.reference import load_reference as load_lending_reference
from credit.scoring.reference import load_reference as load_scoring_reference


class Command(BaseCommand):
    """Load divisions and shipped figures, found the root union, appoint two administrators."""

    help = (
        "Found the root union with two administrators. Prints a temporary password for each, once; "
        "at the first sign-in they replace it and set up their authenticator."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", required=True, help="the union's code, e.g. 230113")
        parser.add_argument("--name", required=True, help="the union's name")
        parser.add_argument("--level", required=True, choices=Union.Level.values)
        parser.add_argument("--division", required=True, help="code of the place, e.g. 230113")
        parser.add_argument(
            "--administrator",
            required=True,
            action="append",
            nargs=2,
            metavar=("SIGN_IN_NAME", "NAME"),
            help="given twice: two different people",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        people = options["administrator"]
        if len({name for name, _full in people}) != 2:
            raise CommandError("Give --administrator twice, for two different people.")
        try:
            with transaction.atomic():
                passwords = self._found(options, people)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for (name, _full), password in zip(people, passwords, strict=True):
            self.stdout.write(f"{name}  {password}")

    def _found(self, options: dict[str, Any], people: list[list[str]]) -> list[str]:
        now = timezone.now()
        if Union.objects.exists():
            raise CommandError("There is a root union already: found others in the panel.")
        organisation.load_divisions()
        place = Division.objects.filter(code=options["division"]).first()
        if place is None:
            raise CommandError(f"No division has the code {options['division']}.")
        passwords = [secrets.token_urlsafe(12) for _person in people]
        first, second = (
            create_officer(username=name, name=full, password=password, by=None, at=now)
            for (name, full), password in zip(people, passwords, strict=True)
        )
        root = organisation.found_union(
            code=options["code"],
            name=options["name"],
            level=options["level"],
            division=place,
            parent=None,
            by=None,
            at=now,
        )
        officers.appoint_first_administrators(root=root, first=first, second=second, at=now)
        load_reference_values(REFERENCE, by=first, checked_by=second, at=now)
        load_consent_reference(by=first, checked_by=second, at=now)
        load_lending_reference(by=first, checked_by=second, at=now)
        load_scoring_reference(by=first, checked_by=second, at=now)
        return passwords
