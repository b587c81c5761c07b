"""Reminders of payments: who is to be told is found by sets, what to say is put together in chunks.

A loan is reminded of as one: each day due that is near, and once for all that is overdue, by its
oldest unpaid day, with overdue interest and costs to the day, as the home page asks for it. Payments that wait for the other side's word are not asked for again; the other
side is asked for its word instead, and so is the borrower on a transfer. No threats: what is owed, to whom, since when, and where help is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperative.membership.services.telling import addressee_of
from cooperative.notices.services import Message, notify_many
from core.errors import Busy
from core.exact import ZERO
from core.formats import format_day
from core.jobs import JobKind, start_job
from core.models import JobRun
from core.sentences import filled, in_a_row_later, listed_later
from credit.lending.models import Cost, Instalment, Loan, Repayment, Share
from credit.lending.rules.reminders import BEFORE, WEEK, late_days, late_on, soon_days, soon_on
from credit.lending.selectors.nights import REMIND, last_date_of, unfinished
from credit.lending.selectors.owing import Fallen, fallen_due, left_of
from credit.lending.services.arrival_reminders import TITLES as ARRIVAL_TITLES
from credit.lending.services.arrival_reminders import arrival_messages
from credit.lending.services.loan_notices import loan_link, repayment_link, share_link

CHUNK = 100

SOON = "lending.repayment_near"
LATE = "lending.repayment_late"
LENDER = "lending.lender_late"
CONFIRM = "lending.confirm_late"
TITLES = {
    SOON: _("快到还款日"),
    LATE: _("过了还款日"),
    LENDER: _("还款晚了"),
    CONFIRM: _("还款等您确认"),
    **ARRIVAL_TITLES,
}

_WHOM = """
SELECT share.loan_id FROM lending_instalment instalment
JOIN lending_share share ON share.id = instalment.share_id AND share.state = 'formed'
WHERE instalment.settled_on IS NULL AND instalment.due_on = ANY(%(soon)s::date[])
UNION
SELECT loan_id FROM lending_share
WHERE state = 'formed' AND next_due_on < %(today)s AND (next_due_on = ANY(%(late)s::date[])
    OR (%(today)s - next_due_on > %(week)s
        AND mod(%(today)s - next_due_on, %(week)s) < %(today)s - %(after)s))
UNION
SELECT loan_id FROM lending_share WHERE state = 'sent'
ORDER BY loan_id
"""


def remind(*, today: date, by: Any = None, at: datetime) -> JobRun:
    """Have the reminders of a day sent, with those of days missed that nothing newer replaces.

    The run of a day that was reminded of is given back as it ended.
    """
    return start_job(
        kind=REMIND,
        key=today.isoformat(),
        by=by,
        at=at,
        parameters={"on": today.isoformat()},
    )


def plan(run: JobRun) -> int:
    """Fix the days since the last reminders, and the loans.

    Raises:
        Busy: reminders of an earlier day are under way; the sweep tries again.
    """
    if any(other.pk < run.pk for other in unfinished(REMIND)):
        raise Busy()
    today = date.fromisoformat(run.parameters["on"])
    after = last_date_of(REMIND) or today - timedelta(days=1)
    loans = _whom(after, today) if after < today else []
    run.parameters |= {"after": after.isoformat(), "loans": loans}
    run.save(update_fields=["parameters"])
    return len(loans)


def _whom(after: date, today: date) -> list[int]:
    figures: dict[str, Any] = {
        "soon": soon_days(after, today),
        "late": list(late_days(after, today)),
        "week": WEEK,
        "after": after,
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHOM, figures)
        return [loan_id for (loan_id,) in cursor.fetchall()]


def do_loans(run: JobRun, first: int, last: int) -> None:
    """Tell the parties of some loans."""
    after = date.fromisoformat(run.parameters["after"])
    today = date.fromisoformat(run.parameters["on"])
    messages: list[Message] = []
    loans = list(_loans(run.parameters["loans"][first:last], today))
    fallen = _fallen(loans, today)
    for loan in loans:
        messages += _Reminder(loan, after, today, fallen).messages()
    notify_many(messages=messages, at=timezone.now())


def _loans(loan_ids: Iterable[int], today: date) -> Iterable[Loan]:
    """Loans with their parties, what is unpaid and near, and what waits for a word."""
    unpaid: Any = Instalment.objects.filter(
        settled_on__isnull=True, due_on__lte=today + timedelta(days=BEFORE[0])
    ).annotate(owed=F("principal") + F("interest") - F("principal_paid") - F("interest_paid"))
    waiting: Any = Repayment.objects.filter(
        state__in=[Repayment.State.DECLARED, Repayment.State.DISPUTED]
    )
    confirmed = Cost.objects.filter(share=OuterRef("pk"), state=Cost.State.CONFIRMED)
    shares: Any = (
        Share.objects.filter(state=Share.State.FORMED)
        .annotate(has_costs=Exists(confirmed))
        .select_related("membership__member__user")
        .prefetch_related(
            Prefetch("instalments", unpaid.order_by("due_on", "pk"), "unpaid"),
            Prefetch("repayments", waiting.order_by("paid_on", "pk"), "waiting"),
        )
    )
    formed: Any = Prefetch("shares", shares.order_by("pk"), "formed")
    sent: Any = Prefetch("shares", _sent().order_by("pk"), "sent")
    return (
        Loan.objects.filter(pk__in=loan_ids)
        .select_related("union", "membership__member__user")
        .prefetch_related(formed, sent)
        .order_by("pk")
    )


def _fallen(loans: Iterable[Any], today: date) -> dict[int, Fallen]:
    """Of shares that are late or have costs; of the others the rows tell all that is asked for."""
    shares = (share for loan in loans for share in loan.formed)
    asked = [
        share
        for share in shares
        if share.has_costs or any(row.due_on < today for row in share.unpaid)
    ]
    return fallen_due(asked, today, {share.pk: share.waiting for share in asked})


def _sent() -> Any:
    """Shares whose transfer waits for the borrower's word."""
    rows = Share.objects.filter(state=Share.State.SENT)
    return rows.select_related("membership__member__user")


@dataclass(frozen=True)
class _Part:
    """What one lender is still to get, payments that wait for a word taken off."""

    share: Share
    amount: Decimal


def _waiting(share: Any) -> Decimal:
    return sum((row.amount for row in share.waiting), ZERO)


def _owed(share: Any, *, until: date) -> Decimal:
    """What its instalments ask for until a day, that included."""
    return sum((row.owed for row in share.unpaid if row.due_on <= until), ZERO)


@dataclass(frozen=True)
class _Reminder:
    """What one loan is to be reminded of on a day, or on the days missed before it.

    ``fallen`` has the shares of which the rows do not tell all that is asked for.
    """

    loan: Any
    after: date
    today: date
    fallen: Mapping[int, Fallen]

    def messages(self) -> Iterator[Message]:
        """All that its parties are told."""
        days = sorted({row.due_on for share in self.loan.formed for row in share.unpaid})
        late = [day for day in days if day < self.today]
        # What is due today is asked for together with what is late.
        asked_on = self._late_on(late[0], days) if late else None
        if asked_on:
            yield from self._late(late[0], asked_on)
        coming = [day for day in days if not (late and day == self.today)]
        near = [(day, on) for day in coming if (on := soon_on(day, self.after, self.today))]
        if near:
            yield from self._near(*near[0])
        yield from arrival_messages(self.loan, self.loan.sent, self.after, self.today)

    def _late_on(self, since: date, days: list[date]) -> date | None:
        return self.today if self.today in days else late_on(since, self.after, self.today)

    def _near(self, day: date, on: date) -> Iterator[Message]:
        parts = self._parts(lambda share: self._due_then(share, day))
        amount = sum((part.amount for part in parts), ZERO)
        if amount:
            words = {"amount": amount, "day": partial(format_day, day, self.today)}
            title = (
                _("今天要还款 %(amount)s 元")
                if day == self.today
                else _("请在%(day)s之前还款 %(amount)s 元")
            )
            yield self._to_borrower(SOON, filled(title, **words), parts, on)
        yield from self._words_wanted(on)

    def _late(self, since: date, on: date) -> Iterator[Message]:
        parts = self._parts(self._due_now)
        amount = sum((part.amount for part in parts), ZERO)
        if amount:
            title = filled(
                _("借款过了还款日 %(days)s 天，到今天要还 %(amount)s 元，请尽快还上"),
                amount=amount,
                days=(self.today - since).days,
            )
            yield self._to_borrower(LATE, title, parts, on)
        if self.after < since + timedelta(days=1) <= self.today:
            for part in self._parts(self._missed):
                yield self._to_lender(part, since)
        yield from self._words_wanted(on)

    def _parts(self, ask: Callable[[Any], Decimal]) -> list[_Part]:
        """By lender what is asked for, where there is something."""
        asked = [(share, ask(share)) for share in self.loan.formed]
        return [_Part(share, amount) for share, amount in asked if amount]

    def _due_now(self, share: Any) -> Decimal:
        """All that has fallen due by today, overdue interest and costs too."""
        fallen = self.fallen.get(share.pk)
        if fallen is not None:
            return fallen.due
        return left_of(_owed(share, until=self.today), _waiting(share))

    def _missed(self, share: Any) -> Decimal:
        """What the lender should have got by yesterday."""
        return left_of(_owed(share, until=self.today - timedelta(days=1)), _waiting(share))

    def _due_then(self, share: Any, day: date) -> Decimal:
        """What one day asks for, and costs if nothing late asks for them already.

        What waits pays the oldest first, as it will once it is confirmed.
        """
        fallen = self.fallen.get(share.pk)
        late = any(row.due_on < self.today for row in share.unpaid)
        costs = fallen.costs if fallen is not None and not late else ZERO
        here = _owed(share, until=day) - _owed(share, until=day - timedelta(days=1))
        return min(left_of(_owed(share, until=day) + costs, _waiting(share)), here + costs)

    def _to_borrower(self, kind: str, title: Promise, parts: list[_Part], on: date) -> Message:
        to = listed_later(
            filled(
                _("%(name)s %(amount)s 元"),
                name=part.share.membership.member.name,
                amount=part.amount,
            )
            for part in parts
        )
        body = filled(
            _("合同 %(number)s：还给%(to)s。请直接转给出借人，转好后在借款页登记。"),
            number=self.loan.number,
            to=to,
        )
        if kind == LATE:
            body = in_a_row_later(body, _("有困难请早点告诉工会，可以商量展期。"))
        return Message(
            addressee_of(self.loan.membership.member),
            kind,
            title,
            self.loan,
            on,
            body=body,
            link=loan_link(self.loan),
            scope=self.loan.union.path,
        )

    def _to_lender(self, part: _Part, since: date) -> Message:
        title = filled(
            _("%(name)s应在%(day)s还您的 %(amount)s 元还没有还上"),
            name=self.loan.membership.member.name,
            day=partial(format_day, since, self.today),
            amount=part.amount,
        )
        return Message(
            addressee_of(part.share.membership.member),
            LENDER,
            title,
            part.share,
            since + timedelta(days=1),
            body=_("已经提醒对方。到账了请登记；要了解情况，可以找工会。"),
            link=share_link(part.share),
            scope=self.loan.union.path,
        )

    def _words_wanted(self, on: date) -> Iterator[Message]:
        """The other side of each declared payment; a dispute is with an officer already."""
        borrower = self.loan.membership.member
        for share in self.loan.formed:
            lender = share.membership.member
            for row in share.waiting:
                if row.state == Repayment.State.DISPUTED:
                    continue
                by_borrower = row.declared_side == Repayment.Side.BORROWER
                other, maker = (lender, borrower) if by_borrower else (borrower, lender)
                title = filled(
                    _("%(name)s登记的还款 %(amount)s 元，等您确认"),
                    name=maker.name,
                    amount=row.amount,
                )
                yield Message(
                    addressee_of(other),
                    CONFIRM,
                    title,
                    row,
                    on,
                    body=filled(
                        _("付款日是%(day)s。没有错请确认，有出入请提出来，由工会帮着查。"),
                        day=partial(format_day, row.paid_on, self.today),
                    ),
                    link=repayment_link(row),
                    scope=self.loan.union.path,
                )


def _loan_named(run: JobRun, item: int) -> str:
    return gettext("借款 %(number)s") % {"number": run.parameters["loans"][item]}


KIND = JobKind(REMIND, _("还款提醒"), CHUNK, plan, do_loans, describe_item=_loan_named)
