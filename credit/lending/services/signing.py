"""Signing by a code to one's own phone. The last signature makes the contract bind.

Source: E-Signature Law arts. 3, 13, 14; 法释〔2020〕17号 art. 20.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperative.accounts import codes, lockout
from cooperative.membership.models import Member, Membership
from core import audit
from core.dates import business_date
from core.errors import Refused, busy_is_refused
from core.formats import format_day, format_yuan_short
from credit.lending.access import access_party_loan
from credit.lending.models import ContractCopy, Loan, Share, Signature
from credit.lending.rules.states.loan import LoanState
from credit.lending.selectors.limits import limits_of
from credit.lending.selectors.rates import ceiling_on
from credit.lending.services import contract_files
from credit.lending.services.contract_content import signature_line, signed_data, wording
from credit.lending.services.contract_notices import tell, transfer_link
from credit.lending.services.limits import check_rate
from credit.lending.services.loan_notices import loan_link
from credit.lending.services.locking import lock_loan, lock_shares, member_behind
from credit.lending.services.parties import party_of
from credit.lending.services.standing import check_may_borrow, check_may_lend, lock_parties

DEVICE_LENGTH = 200


def purpose_of(loan_id: int) -> str:
    """What a signing code is good for: one contract, and nothing else."""
    return f"sign_contract:{loan_id}"


def ask_signing_code(*, loan_id: int, by: Any, address: str, at: datetime) -> str:
    """Send a code to the party's own number; returns the name of the challenge.

    The message names the contract and the party's amount: a code that somebody else asks for
    under a pretext tells what it would sign.

    Raises:
        NotFound: no party of it.
        Refused: what speaks against signing now.
        TooOften: ``sms_number_limit`` or ``sms_address_limit``; or locked.
    """
    lockout.check_may_try(lockout.key_of_phone(by.phone), address=address, at=at)
    member = member_behind(by)
    loan = access_party_loan(member, loan_id)
    role, membership = party_of(loan, member)
    _check(loan, membership, at)
    return codes.send_code(
        phone=by.phone,
        purpose=purpose_of(loan_id),
        address=address,
        at=at,
        use=_use(loan, membership, role),
    )


def _use(loan: Loan, membership: Membership, role: Signature.Role) -> str:
    if role == Signature.Role.BORROWER:
        return gettext("用来签合同 %(number)s，借入 %(amount)s 元") % {
            "number": loan.number,
            "amount": format_yuan_short(loan.principal),
        }
    share = Share.objects.get(loan=loan, membership=membership)
    return gettext("用来签合同 %(number)s，借出 %(amount)s 元") % {
        "number": loan.number,
        "amount": format_yuan_short(share.amount),
    }


def sign_contract(
    *,
    loan_id: int,
    challenge: str,
    code: str,
    address: str,
    device: str,
    by: Any,
    at: datetime,
) -> Signature:
    """Sign as the party that one is. The code is used last, so what is refused uses none up.

    Raises:
        NotFound: no party of it.
        Refused: ``loan_not_drawn``, ``already_signed``, ``sign_late``, ``contract_changed``,
            ``limit_rate_percent``, ``lpr_missing``, an obstacle of I9, or the code is wrong,
            expired or used up.
        TooOften: locked after wrong codes.
    """
    key = lockout.key_of_phone(by.phone)
    lockout.check_may_try(key, address=address, at=at)
    member = member_behind(by)
    try:
        with busy_is_refused(), transaction.atomic():
            loan, membership, role = _lock(loan_id, member)
            _check(loan, membership, at)
            _use_code(challenge, code, loan_id, by, at)
            signature = Signature.objects.create(
                loan=loan,
                membership=membership,
                role=role,
                document_sha256=loan.contract_sha256,
                signed_at=at,
                phone_tail=by.phone[-4:],
                address=address,
                device=device[:DEVICE_LENGTH],
            )
            audit.record(
                "lending.signed", loan, by=by, at=at, scope=loan.union.path, role=role.value
            )
            _finish(loan, at)
    except Refused as refused:
        if refused.code in {"code_wrong", "code_used_up"}:
            lockout.count_wrong(key, by, address=address, at=at)
        raise
    return signature


def _lock(loan_id: int, member: Member) -> tuple[Loan, Membership, Signature.Role]:
    """The party and their membership, then the loan; all locked."""
    role, membership = party_of(access_party_loan(member, loan_id), member)
    locked = lock_parties([membership.pk])[membership.pk]
    return lock_loan(loan_id), locked, role


def _use_code(challenge: str, code: str, loan_id: int, by: Any, at: datetime) -> None:
    """The code proves the party's own number; one that went elsewhere is not even tried."""
    purpose = purpose_of(loan_id)
    asked = codes.challenge(challenge, purpose=purpose)
    if asked is None or asked.phone != by.phone:
        raise Refused("code_gone", _("验证码已经失效。"), way_on=_("请重新发送一条。"))
    codes.use_code(challenge, code, purpose=purpose, at=at)


def _check(loan: Loan, membership: Membership, at: datetime) -> None:
    today = business_date(at)
    if loan.state != Loan.State.DRAWN:
        raise Refused(
            "loan_not_drawn",
            _("合同 %(number)s 现在是“%(state)s”，不能再签字。")
            % {"number": loan.number, "state": loan.get_state_display()},
            way_on=_("请刷新页面看最新情况。"),
            state=loan.state,
        )
    if Signature.objects.filter(loan=loan, membership=membership).exists():
        raise Refused("already_signed", _("您已经签过字，不用再签。"))
    if today > loan.sign_by:
        raise Refused(
            "sign_late",
            _("签字要在%(day)s以前，现在已经过期。") % {"day": format_day(loan.sign_by)},
            way_on=_("请工会重新起草合同。"),
        )
    limits = limits_of(loan.union.path, today)
    if membership.pk == loan.membership_id:
        check_may_borrow(membership, limits, today)
    else:
        check_may_lend(membership, today)
    check_rate(limits, loan.annual_rate, ceiling_on(today, loan.union.path))
    contract_files.check_whole(loan)


def _finish(loan: Loan, at: datetime) -> None:
    """Once all have signed, the contract binds: the signed copy is set, the lenders are to pay."""
    shares = lock_shares(loan)
    signatures = _signatures(loan)
    if len(signatures) < len(shares) + 1:
        return
    today = business_date(at)
    days = limits_of(loan.union.path, today).deliver_days
    loan.state = Loan.State.SIGNED
    loan.signed_at = at
    loan.deliver_by = today + timedelta(days=days)
    loan.save(update_fields=["state", "signed_at", "deliver_by"])
    _keep_signed_copy(loan, shares, signatures, at)
    audit.record(
        "lending.contract_signed",
        loan,
        by=None,
        at=at,
        scope=loan.union.path,
        state=LoanState.SIGNED.value,
    )
    _tell(loan, shares, at)


def _signatures(loan: Loan) -> dict[int, Signature]:
    rows = Signature.objects.filter(loan=loan).order_by("pk")
    return {row.membership_id: row for row in rows}


def _keep_signed_copy(
    loan: Loan, shares: list[Share], signatures: dict[int, Signature], at: datetime
) -> None:
    data = contract_files.content_of(loan)
    memberships = [loan.membership, *(share.membership for share in shares)]
    lines = [
        signature_line(
            role=role,
            name=name,
            at=signatures[membership.pk].signed_at,
            phone_tail=signatures[membership.pk].phone_tail,
            address=signatures[membership.pk].address,
            device=signatures[membership.pk].device,
        )
        for (role, name), membership in zip(data["places"], memberships, strict=True)
    ]
    issued = contract_files.issue_contract(
        title=wording()["signed_title"],
        data=signed_data(data, number=loan.number, sha256=loan.contract_sha256, signatures=lines),
        kind=contract_files.SIGNED_KIND,
        number=None,
        scope=loan.union.path,
        at=at,
    )
    contract_files.keep_copy(loan, ContractCopy.Kind.SIGNED, issued)


def _tell(loan: Loan, shares: list[Share], at: datetime) -> None:
    borrower = loan.membership.member
    for share in shares:
        tell(
            share.membership.member,
            "lending.transfer_due",
            about=share,
            loan=loan,
            at=at,
            link=transfer_link(share),
            due_on=loan.deliver_by,
            day=loan.deliver_by,
            amount=share.amount,
            payee=loan.payee_name or borrower.name,
        )
    tell(
        borrower,
        "lending.contract_signed",
        about=loan,
        loan=loan,
        at=at,
        link=loan_link(loan),
        due_on=loan.deliver_by,
        day=loan.deliver_by,
    )
