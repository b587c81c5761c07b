"""Answers kept between screens, and what becomes of them as a whole request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Membership
from core.dates import business_date
from core.errors import Refused
from core.parameters import value_on
from credit.lending.models import LoanRequest, RequestDraft
from credit.lending.parameters import REQUEST_DAYS
from credit.lending.rules.asking import RequestAnswers
from credit.lending.rules.terms import CustomDue
from credit.lending.services.standing import check_own, lock_parties

NEEDED = ("purpose", "amount", "method", "highest_rate", "wanted_on")


def draft_of(membership: Membership) -> dict[str, Any]:
    """The answers given so far, as JSON; empty without a draft. One query."""
    draft = RequestDraft.objects.filter(membership=membership).first()
    return _answers_of(draft) if draft else {}


def _answers_of(draft: RequestDraft) -> dict[str, Any]:
    number = {"account_number": draft.account_number} if draft.account_number else {}
    return {**draft.answers, **number}


def save_draft(*, membership: Membership, answers: Mapping[str, Any], by: Any) -> dict[str, Any]:
    """Add the answers of a screen to the draft; an answer None is forgotten. All answers then.

    Names as in ``RequestAnswers``; amounts and rates as texts, days as ISO texts.

    Raises:
        NotFound: not the member's own account.
    """
    with transaction.atomic():
        own = lock_parties([membership.pk])[membership.pk]
        check_own(own, by)
        draft, _created = RequestDraft.objects.get_or_create(membership=own)
        merged = {**_answers_of(draft), **answers}
        draft.account_number = merged.pop("account_number", None) or ""
        draft.answers = {name: value for name, value in merged.items() if value is not None}
        draft.save()
    return _answers_of(draft)


def discard_draft(*, membership: Membership, by: Any) -> None:
    """Forget the answers.

    Raises:
        NotFound: not the member's own account.
    """
    with transaction.atomic():
        own = lock_parties([membership.pk])[membership.pk]
        check_own(own, by)
        RequestDraft.objects.filter(membership=own).delete()


def purge_drafts(*, at: datetime) -> int:
    """Forget drafts that nobody has touched for the days a request would live; how many.

    Source: PIPL art. 19.
    """
    days = int(value_on(REQUEST_DAYS, business_date(at)))
    rows = RequestDraft.objects.filter(updated_at__lt=at - timedelta(days=days))
    return rows.delete()[0]


def answers_from(draft: Mapping[str, Any], *, own_use: bool) -> RequestAnswers:
    """A draft's answers as a whole.

    Raises:
        Refused: ``answer_missing`` with the name of the first that is missing or unreadable.
    """
    for name in NEEDED:
        if draft.get(name) in (None, ""):
            raise _missing(name)
    try:
        return RequestAnswers(
            purpose=str(draft["purpose"]),
            purpose_note=str(draft.get("purpose_note", "")),
            amount=Decimal(str(draft["amount"])),
            method=str(draft["method"]),
            term_months=int(draft.get("term_months") or 0),
            highest_rate=Decimal(str(draft["highest_rate"])),
            wanted_on=date.fromisoformat(str(draft["wanted_on"])),
            custom_due=tuple(
                CustomDue(date.fromisoformat(due["on"]), Decimal(due["principal"]))
                for due in draft.get("custom_due") or []
            ),
            payee=str(draft.get("payee") or "borrower"),
            payee_name=str(draft.get("payee_name", "")),
            account_holder=str(draft.get("account_holder", "")),
            account_bank=str(draft.get("account_bank", "")),
            account_number=str(draft.get("account_number", "")),
            own_use=own_use,
        )
    except (ValueError, InvalidOperation, KeyError, TypeError) as error:
        raise _missing(str(error)) from error


def draft_from(request: LoanRequest) -> dict[str, Any]:
    """A request's answers as a draft, to be mended on the same screens."""
    return {
        "purpose": request.purpose,
        "purpose_note": request.purpose_note,
        "amount": str(request.amount),
        "method": request.method,
        "term_months": request.term_months,
        "highest_rate": str(request.highest_rate),
        "wanted_on": request.wanted_on.isoformat(),
        "custom_due": request.custom_due,
        "payee": request.payee,
        "payee_name": request.payee_name,
        "account_holder": request.account_holder,
        "account_bank": request.account_bank,
        "account_number": request.account_number,
    }


def _missing(name: str) -> Refused:
    return Refused(
        "answer_missing",
        _("还有问题没有答完。"),
        way_on=_("请从头看一遍，把没填的补上。"),
        answer=name,
    )
