"""The running loan as the borrower sees it, and a share of it as its lender does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.exact import ZERO, to_fen
from core.formats import format_day, format_yuan_short
from credit.lending.models import Extension, Loan, LoanEvent, Mediation, Repayment, Share
from credit.lending.pages.arithmetic import Working, workings_of
from credit.lending.pages.contracts import contract_steps
from credit.lending.pages.costs import cost_links
from credit.lending.pages.hand_backs import hand_back_links
from credit.lending.pages.repayments import Happening
from credit.lending.pages.spare import Line as Link
from credit.lending.pages.texts import LOAN_TONES, REPAYMENT_TONES, SHARE_TONES, percent
from credit.lending.rules.overdue import DAYS_OF_YEAR
from credit.lending.selectors import overview
from credit.lending.selectors.loans import PENDING, Line, LoanPage, ShareView, loan_page, share_view

ON_THE_WAY = ("agreed", "sent", "disputed")
# Of an old loan the page shows what happened last, and leads to the rest.
RECENT = 8


@dataclass(frozen=True)
class ShownLine:
    """A line of the schedule with its state in words and its arithmetic."""

    line: Line
    due: str
    state: str
    tone: str
    workings: list[Working]


@dataclass(frozen=True)
class ShownShare:
    """A lender of the loan: how much, where it stands, where to act."""

    share: Share
    state: str
    tone: str
    due: Decimal
    url: str
    action: str


@dataclass(frozen=True)
class Late:
    """That something is overdue, and what a day more costs."""

    days: int
    owed: Decimal
    per_day: Decimal
    rate: str


@dataclass(frozen=True)
class BorrowerPage:
    """A loan for its borrower."""

    view: LoanPage
    loan: Loan
    state: str
    tone: str
    lines: list[ShownLine]
    shares: list[ShownShare]
    repayments: list[Link]
    costs: list[Link]
    hand_backs: list[Link]
    earlier: bool
    steps: list[dict[str, Any]]
    history: list[Happening]
    late: Late | None
    next_due: Line | None
    must_sign: bool
    may_extend: bool

    @property
    def is_running(self) -> bool:
        """Whether there is something to pay back."""
        return any(shown.share.state == "formed" for shown in self.shares)

    @property
    def extension(self) -> Extension | None:
        """The prolongation under way or in force."""
        return self.view.extension


def borrower_page(loan: Loan, today: date, *, whole: bool = False) -> BorrowerPage:
    """The page; a fixed number of queries whatever the loan's age.

    ``whole``: with every payment and event, not only the last ones.
    """
    view = loan_page(loan, today)
    shares = [one.share for one in view.shares]
    signed = {row.membership_id: row for row in overview.signatures_of(loan)}
    late = _late(view.shares)
    return BorrowerPage(
        view=view,
        loan=loan,
        state=_past(late.days) if late else loan.get_state_display(),
        tone="brick" if late else LOAN_TONES[loan.state],
        lines=[_shown(line, today) for line in view.lines],
        shares=[_lender(one) for one in view.shares],
        repayments=_repayments(view.shares, today, by_name=True, whole=whole),
        costs=cost_links(view.costs, today),
        hand_backs=hand_back_links(shares),
        earlier=not whole and _is_long(view.shares),
        steps=contract_steps(loan, shares, signed),
        history=_history(view.shares, view.mediations, today, by_name=True, whole=whole),
        late=late,
        next_due=view.next_line,
        must_sign=loan.state == "drawn" and loan.membership_id not in signed,
        may_extend=loan.state == "active" and view.extension is None,
    )


@dataclass(frozen=True)
class LenderPage:
    """A share for its lender: their own part only."""

    view: ShareView
    share: Share
    loan: Loan
    state: str
    tone: str
    lines: list[ShownLine]
    repayments: list[Link]
    costs: list[Link]
    hand_backs: list[Link]
    earlier: bool
    history: list[Happening]
    mediations: list[Mediation]
    late: Late | None
    extension: Extension | None
    must_answer: bool
    must_sign: bool
    must_send: bool

    @property
    def next_due(self) -> Line | None:
        """The first line that is not paid."""
        return self.view.next_line


def lender_page(share: Share, today: date, *, whole: bool = False) -> LenderPage:
    """The page; a fixed number of queries whatever the loan's age. ``whole`` as for the borrower."""
    loan = share.loan
    view = share_view(share, today)
    mediations = overview.mediations_of(loan)
    extension = overview.extension_of(loan)
    consents = overview.consents_to(extension) if extension else {}
    stands = loan if loan.state in ("drawn", "cancelled") else share
    late = _late([view])
    signed = loan.state == "drawn" and any(
        row.membership_id == share.membership_id for row in overview.signatures_of(loan)
    )
    return LenderPage(
        view=view,
        share=share,
        loan=loan,
        state=_past(late.days) if late else stands.get_state_display(),
        tone="brick" if late else (LOAN_TONES if stands is loan else SHARE_TONES)[stands.state],
        lines=[_shown(line, today) for line in view.lines],
        repayments=_repayments([view], today, by_name=False, whole=whole),
        costs=cost_links(view.costs, today),
        hand_backs=hand_back_links([share]),
        earlier=not whole and _is_long([view]),
        history=_history([view], mediations, today, by_name=False, whole=whole),
        mediations=mediations,
        late=late,
        extension=extension,
        must_answer=extension is not None
        and extension.state in ("asked", "proposed")
        and share.state == "formed"
        and share.pk not in consents,
        must_sign=loan.state == "drawn" and not signed,
        must_send=loan.state in ("signed", "active") and share.state == "agreed",
    )


def _shown(line: Line, today: date) -> ShownLine:
    if line.settled_on is not None:
        state, tone = _("已还清"), "field"
    elif line.days_overdue:
        state, tone = _past(line.days_overdue), "brick"
    elif line.due_on == today:
        state, tone = _("今天到期"), "wheat"
    elif line.paid:
        state, tone = _("还了一部分"), "wheat"
    else:
        state, tone = _("还没到"), "soft"
    due = format_day(line.due_on, today)
    return ShownLine(line, due, state, tone, workings_of(line, today))


def _past(days: int) -> str:
    return _("已过 %(days)s 天") % {"days": days}


def _lender(view: ShareView) -> ShownShare:
    share = view.share
    url = action = ""
    if share.loan.state not in ("drawn", "cancelled") and share.state in ON_THE_WAY:
        url = reverse("arrival", args=[share.pk])
        action = _("看转款") if share.state == "agreed" else _("去确认")
    return ShownShare(
        share=share,
        state=share.get_state_display(),
        tone=SHARE_TONES[share.state],
        due=view.due,
        url=url,
        action=action,
    )


def _late(views: Iterable[ShareView]) -> Late | None:
    days, owed, per_day, rate = 0, ZERO, ZERO, ZERO
    for view in views:
        owed += view.due or sum((line.owed for line in view.lines if line.days_overdue), ZERO)
        for line in view.lines:
            if not line.days_overdue:
                continue
            days = max(days, line.days_overdue)
            told = line.arithmetic.overdue if line.arithmetic else None
            if told is not None:
                rate = max(rate, told.rate)
                per_day += (line.principal - line.principal_paid) * told.rate / DAYS_OF_YEAR
    return Late(days, owed, to_fen(per_day), percent(rate)) if days else None


def _is_long(views: Sequence[ShareView]) -> bool:
    """Whether there is more than the page shows at first."""
    payments = sum(len(view.repayments) for view in views)
    return max(payments, sum(len(view.events) for view in views)) > RECENT


def _repayments(
    views: Sequence[ShareView], today: date, *, by_name: bool, whole: bool
) -> list[Link]:
    """The last payments first; what waits for somebody is never left out."""
    rows = [(row, view.share) for view in views for row in view.repayments]
    rows.sort(key=lambda pair: (pair[0].paid_on, pair[0].pk), reverse=True)
    return [
        _repayment(row, share, today, by_name)
        for number, (row, share) in enumerate(rows)
        if whole or number < RECENT or row.state in PENDING
    ]


def _repayment(row: Repayment, share: Share, today: date, by_name: bool) -> Link:
    title = _("%(amount)s 元") % {"amount": format_yuan_short(row.amount)}
    if by_name:
        title = _("还给%(name)s %(amount)s 元") % {
            "name": share.membership.member.name,
            "amount": format_yuan_short(row.amount),
        }
    return Link(
        title=title,
        note=format_day(row.paid_on, today),
        url=reverse("repayment", args=[row.pk]),
        state=row.get_state_display(),
        tone=REPAYMENT_TONES[row.state],
    )


_EVENT_TONES = {"delivered": "field", "paid": "field", "reversed": "brick", "written_off": "brick"}


def _history(
    views: Sequence[ShareView],
    mediations: Iterable[Mediation],
    today: date,
    *,
    by_name: bool,
    whole: bool,
) -> list[Happening]:
    """What happened, the last first."""
    events = sorted(
        ((event, view.share) for view in views for event in view.events),
        key=lambda pair: pair[0].at,
        reverse=True,
    )
    shown = events if whole else events[:RECENT]
    found = [_happening(event, share, today, by_name) for event, share in shown]
    found += [_talk(talk, today) for talk in mediations]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _talk(talk: Mediation, today: date) -> Happening:
    promise = ""
    if talk.promised_on is not None and talk.promised_amount is not None:
        promise = _("答应%(day)s还 %(amount)s 元。") % {
            "day": format_day(talk.promised_on, today),
            "amount": format_yuan_short(talk.promised_amount),
        }
    manner = _("工会调解（%(manner)s）") % {"manner": talk.get_manner_display()}
    return Happening(talk.held_at, manner, _("工会"), talk.summary + promise, "wheat")


def _happening(event: LoanEvent, share: Share, today: date, by_name: bool) -> Happening:
    amount = _("%(amount)s 元") % {"amount": format_yuan_short(event.amount)}
    text = event.get_kind_display()
    return Happening(
        at=event.at,
        text=f"{text} {amount}" if event.amount else text,
        who=share.membership.member.name if by_name else "",
        detail=_("算在%(day)s") % {"day": format_day(event.on, today)},
        tone=_EVENT_TONES.get(event.kind, ""),
    )
