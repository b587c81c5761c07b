"""What happened to a transfer, for both of its sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core.formats import format_day
from credit.lending.models import Share
from credit.lending.pages.repayments import Happening
from credit.lending.pages.texts import tail_text
from credit.lending.rules.accounts import groups
from credit.lending.services.contract_files import account_of

# A disputed transfer may have to be made good.
_TO_SEND = (Share.State.AGREED, Share.State.DISPUTED)


@dataclass(frozen=True)
class AccountShown:
    """Where to transfer to; ``number`` with its groups only for who still has to transfer."""

    holder: str
    bank: str
    tail: str
    number: str = ""

    @property
    def parts(self) -> list[str]:
        """The number in groups of four."""
        return groups(self.number)


def account_shown(share: Share) -> AccountShown | None:
    """The contract's account for the share's lender: whole while they must transfer, no query."""
    account = account_of(share.loan)
    if account is None:
        return None
    number = account.number if share.state in _TO_SEND else ""
    return AccountShown(account.holder, account.bank, tail_text(account.number), number)


def transfer_history(share: Share, today: date) -> list[Happening]:
    """From the last signature to the arrival, the newest first; no query."""
    borrower, lender = share.loan.membership.member.name, share.membership.member.name
    found = []
    if share.loan.signed_at is not None:
        found.append(Happening(share.loan.signed_at, _("合同签完"), tone="field"))
    if share.sent_at is not None and share.sent_on is not None:
        sent = _("%(day)s转的，流水号 %(slip)s") % {
            "day": format_day(share.sent_on, today),
            "slip": share.slip_number,
        }
        found.append(Happening(share.sent_at, _("登记转款"), lender, sent))
    if share.formed_at is not None and share.delivered_on is not None:
        day = _("%(day)s到账，从这天起算利息") % {"day": format_day(share.delivered_on, today)}
        found.append(Happening(share.formed_at, _("确认到账"), borrower, day, "field"))
    return found[::-1]
