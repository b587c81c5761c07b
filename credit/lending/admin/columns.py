"""Columns and rights that panel pages of one share's matters have in common."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.membership.models import Member
from core.formats import format_yuan
from credit.lending.admin.parts import COLOURS, PartyAdmin, file_link, shown_name, yuan


class StateColumns:
    """Where a row stands: a coloured mark in lists, a word on the page."""

    @display(description=_("状态"), ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: Any) -> tuple[str, str]:
        """The mark."""
        return row.state, row.get_state_display()

    @admin.display(description=_("状态"))
    def shown_state_words(self, row: Any) -> str:
        """The word."""
        return str(row.get_state_display())


class OfShareAdmin(StateColumns, PartyAdmin):
    """What belongs to a share: both its parties are looked at. Rows come with loan and members."""

    view_permission = "loan.view"
    union_lookup = "share__loan__union"

    def parties(self, row: Any) -> list[Member]:
        """Lender and borrower."""
        return [row.share.membership.member, row.share.loan.membership.member]

    def title_of(self, row: Any) -> str:
        """The contract and the sum."""
        return f"{row.share.loan.number} {format_yuan(row.amount)}"

    @admin.display(description=_("合同编号"), ordering="share__loan__number")
    def shown_loan(self, row: Any) -> str:
        """The contract's number."""
        return str(row.share.loan.number)

    @admin.display(description=_("出借人"))
    def shown_lender(self, row: Any) -> str:
        """The lender, masked unless the officer may see the name."""
        return shown_name(row.share.membership, row)

    @admin.display(description=_("金额（元）"), ordering="amount")
    def shown_amount(self, row: Any) -> str:
        """The sum."""
        return yuan(row.amount)

    @admin.display(description=_("转账凭证"))
    def shown_slip(self, row: Any) -> str:
        """The slip of a transfer."""
        return file_link(row.slip)
