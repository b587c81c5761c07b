"""``manage.py create_officer NAME_TO_SIGN_IN PERSON``: the first officers of an installation."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from cooperative.accounts.services.help import create_officer
from core.errors import Refused


class Command(BaseCommand):
    """Makes the account and prints its temporary password once; posts are given separately."""

    help = "Create an officer's account and print a temporary password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The name to sign in with and the person's name."""
        parser.add_argument("username", help="sign-in name, small letters")
        parser.add_argument("name", help="the officer's name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the account."""
        password = secrets.token_urlsafe(12)
        try:
            create_officer(
                username=options["username"],
                name=options["name"],
                password=password,
                by=None,
                at=timezone.now(),
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(password)
