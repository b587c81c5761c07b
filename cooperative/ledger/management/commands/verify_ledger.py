"""``manage.py verify_ledger``: computes every hash and balance of the book again."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Exists, OuterRef

from cooperative.ledger.models import Chain, Entry
from cooperative.ledger.verification import Fault, Tally, Wrong, first_fault
from core.dates import start_of_day

BROKEN = 1
BAD_INPUT = 2
_SHOWN_EVERY = 10_000

WORDS = {
    Wrong.CHANGED: "内容被改动",
    Wrong.MISSING: "缺失",
    Wrong.ORDER: "次序被改动",
    Wrong.UNBALANCED: "借贷不平",
    Wrong.FILE: "凭证文件被改动",
}


class Command(BaseCommand):
    """Exit code 0 when the book is whole; 1 with the first broken entry; 2 for bad input."""

    help = "Verify the hash chains and the balance of the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--subject", type=_subject, help="only entries about this row: app.model:id"
        )
        parser.add_argument(
            "--from",
            dest="since",
            type=_day,
            help="only chains to which something was added since this day (YYYY-MM-DD), each whole",
        )
        parser.add_argument(
            "--files", action="store_true", help="also read the bytes of every file of evidence"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read along, tell how far, and end with the count or the first fault."""
        tally = Tally()
        # A cursor that streams lives in a transaction.
        with transaction.atomic():
            fault = first_fault(
                _chains(options["subject"], options["since"]),
                tally=tally,
                progress=self._show,
                with_files=options["files"],
            )
        if fault is not None:
            raise CommandError(in_words(fault), returncode=BROKEN)
        self.stdout.write(
            self.style.SUCCESS(
                f"账本完整：记账 {tally.entries} 笔，分录 {tally.postings} 条，"
                f"凭证 {tally.evidence} 份。"
            )
        )

    def _show(self, tally: Tally) -> None:
        if (tally.entries + tally.evidence) % _SHOWN_EVERY == 0:
            self.stdout.write(f"已核对记账 {tally.entries} 笔，凭证 {tally.evidence} 份 …")
            self.stdout.flush()


def in_words(fault: Fault) -> str:
    """Number, subject and what is wrong, in one line."""
    number = f" #{fault.number}" if fault.number else ""
    place = f"第 {fault.sequence} 份凭证" if fault.evidence else f"第 {fault.sequence} 笔记账"
    return f"{fault.subject} {place}{number}：{WORDS[fault.wrong]}。"


def _chains(subject: tuple[int, int] | None, since: date | None) -> Any:
    chains = Chain.objects.all()
    if subject is not None:
        chains = chains.filter(subject_type_id=subject[0], subject_id=subject[1])
    if since is not None:
        added = Entry.objects.filter(chain=OuterRef("pk"), recorded_at__gte=start_of_day(since))
        chains = chains.filter(Exists(added))
    return chains


def _subject(text: str) -> tuple[int, int]:
    label, _colon, number = text.partition(":")
    try:
        model = apps.get_model(label)
        return ContentType.objects.get_for_model(model).pk, int(number)
    except (LookupError, ValueError) as error:
        raise ArgumentTypeError(f"{text}: app.model:id") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text}: YYYY-MM-DD") from error
