"""``manage.py verify_loans``: replays every share and compares it with what is stored (I6)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management import BaseCommand, CommandError

from credit.lending.models import Share
from credit.lending.selectors.replaying import DELIVERED_STATES
from credit.lending.services.projecting import Difference, differences_of

DIFFERENT = 1
CHUNK = 1000
_SHOWN = 20


class Command(BaseCommand):
    """Exit code 0 when all are equal, 1 with the first differences."""

    help = "Replay the events of all delivered shares and compare with the stored rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loan", help="only the loan with this contract number")

    def handle(self, *args: Any, **options: Any) -> None:
        """Chunk by chunk, so that memory stays small and progress shows."""
        checked, found = 0, 0
        for shares in _chunks(options["loan"]):
            for difference in differences_of(shares):
                found += 1
                if found <= _SHOWN:
                    self.stderr.write(_in_words(difference))
            checked += len(shares)
            self.stdout.write(f"已核对 {checked} 份 …")
            self.stdout.flush()
        if found:
            raise CommandError(f"有 {found} 处和事件重算的结果不同。", returncode=DIFFERENT)
        self.stdout.write(self.style.SUCCESS(f"全部一致：{checked} 份。"))


def _chunks(number: str | None) -> Iterator[list[Share]]:
    rows = Share.objects.filter(state__in=DELIVERED_STATES).order_by("pk")
    if number:
        rows = rows.filter(loan__number=number)
    last = 0
    while shares := list(rows.filter(pk__gt=last)[:CHUNK]):
        yield shares
        last = shares[-1].pk


def _in_words(difference: Difference) -> str:
    return (
        f"份额 {difference.share_id} {difference.what}："
        f"存的是 {difference.stored}，重算是 {difference.replayed}"
    )
