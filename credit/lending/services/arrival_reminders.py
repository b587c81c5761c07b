"""A declared transfer on which the borrower says nothing: what its parties are reminded of.

One, three and seven days after it was declared, then every week, the borrower is asked for their
word. When the union's days are over, both learn that the officers find out. Nothing else follows
from silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from cooperative.membership.services.telling import addressee_of
from cooperative.notices.services import Message
from core.dates import business_date
from core.formats import format_day
from core.sentences import filled
from credit.lending.models import Loan, Share
from credit.lending.rules.reminders import late_on, unanswered_from
from credit.lending.selectors.transfers import arrival_days
from credit.lending.services.contract_notices import arrival_link, transfer_link

ARRIVAL = "lending.arrival_late"
RAISED = "lending.arrival_raised"
TITLES = {ARRIVAL: _("转款等您确认"), RAISED: _("转款由工会核实")}


def arrival_messages(
    loan: Loan, sent: Iterable[Share], after: date, today: date
) -> Iterator[Message]:
    """What is said in ``(after, today]`` of the shares of a loan that wait for the borrower's word;
    one query for each."""
    for share in sent:
        assert share.sent_at is not None, "what is declared is dated"
        declared_on = business_date(share.sent_at)
        days = arrival_days(loan.union.path, today)
        if on := late_on(declared_on, after, today):
            yield _wanted(loan, share, days, on, today)
        raised_on = unanswered_from(declared_on, days)
        if after < raised_on <= today:
            yield from _raised(loan, share, days, raised_on)


def _wanted(loan: Loan, share: Share, days: int, on: date, today: date) -> Message:
    assert share.sent_on is not None, "what is sent has a day"
    title = filled(
        _("%(name)s登记在%(day)s转来 %(amount)s 元，请查账后确认"),
        name=share.membership.member.name,
        day=partial(format_day, share.sent_on, today),
        amount=share.amount,
    )
    body = filled(
        _(
            "到账了请确认，没有到账请点“还没有收到”。登记满 %(days)s 天还没有答复的，工会会来问双方。"
        ),
        days=days,
    )
    return _message(loan, share, loan.membership.member, ARRIVAL, title, on, body)


def _raised(loan: Loan, share: Share, days: int, on: date) -> Iterator[Message]:
    title = filled(
        _("合同 %(number)s 的 %(amount)s 元登记转款 %(days)s 天没有确认，工会来核实"),
        number=loan.number,
        amount=share.amount,
        days=days,
    )
    body = _("请备好银行流水或回单，工会会问双方。钱已经到了的，借款人随时可以确认。")
    for member in (loan.membership.member, share.membership.member):
        yield _message(loan, share, member, RAISED, title, on, body)


def _message(
    loan: Loan,
    share: Share,
    member: Member,
    kind: str,
    title: Promise,
    on: date,
    body: Any,
) -> Message:
    borrows = member == loan.membership.member
    return Message(
        addressee_of(member),
        kind,
        title,
        share,
        on,
        body=body,
        link=arrival_link(share) if borrows else transfer_link(share),
        scope=loan.union.path,
    )
