"""As what somebody is part of a contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member, Membership
from core.errors import NotFound, Refused
from core.masking import mask_name
from credit.lending.models import Loan, Signature


def party_of(loan: Loan, member: Member) -> tuple[Signature.Role, Membership]:
    """As what a member is part of a contract, and by which membership.

    Raises:
        NotFound: they are not.
    """
    if loan.membership.member_id == member.pk:
        return Signature.Role.BORROWER, loan.membership
    rows = loan.shares.filter(membership__member=member).select_related("membership__member")
    share = rows.order_by("pk").first()
    if share is None:
        raise NotFound
    return Signature.Role.LENDER, share.membership


@contextmanager
def naming(member: Member) -> Iterator[None]:
    """Say in a refusal whom it is about, for an officer who deals with several people at once."""
    try:
        yield
    except Refused as refused:
        message = _("%(name)s：%(message)s") % {
            "name": mask_name(member.name),
            "message": refused.message,
        }
        raise Refused(refused.code, message, way_on=refused.way_on, **refused.facts) from refused


def check_can_sign(member: Member) -> None:
    """Let only those into a contract who have an account to sign it with.

    Raises:
        Refused: ``cannot_sign``.
    """
    if member.user_id is None:
        raise Refused(
            "cannot_sign",
            _("还没有用自己的手机登录过，不能签字。"),
            way_on=_("请本人先用登记的手机号登录一次。"),
        )
