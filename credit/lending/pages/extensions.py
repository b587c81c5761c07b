"""A prolongation as either side sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cooperative.membership.models import Member
from core.sentences import listed
from credit.lending.models import Extension, Share
from credit.lending.pages.texts import EXTENSION_TONES
from credit.lending.rules.states import Actor, may_move
from credit.lending.rules.states.extension import TRANSITIONS, ExtensionState
from credit.lending.selectors import overview

RUNNING = ("formed",)


@dataclass(frozen=True)
class Voice:
    """A lender and what they said."""

    name: str
    answer: str
    tone: str
    is_me: bool


@dataclass(frozen=True)
class ExtensionPage:
    """What is asked, who has answered, what the viewer may do."""

    extension: Extension
    tone: str
    share: Share | None
    voices: list[Voice]
    steps: list[dict[str, Any]]
    may_answer: bool
    may_withdraw: bool

    @property
    def is_borrower(self) -> bool:
        """Whether the viewer asked."""
        return self.share is None


def extension_page(extension: Extension, member: Member) -> ExtensionPage:
    """The page; two queries."""
    everybody = overview.shares_of(extension.loan)
    shares = [row for row in everybody if row.state in RUNNING]
    consents = overview.consents_to(extension)
    own = next((row for row in everybody if row.membership.member_id == member.pk), None)
    state = ExtensionState(extension.state)
    voices = []
    for row in shares:
        consent = consents.get(row.pk)
        said = _("还没答复") if consent is None else _("同意") if consent.agreed else _("不同意")
        tone = "wheat" if consent is None else "field" if consent.agreed else "brick"
        voices.append(Voice(row.membership.member.name, said, tone, row == own))
    return ExtensionPage(
        extension=extension,
        tone=EXTENSION_TONES[state],
        share=None if extension.loan.membership.member_id == member.pk else own,
        voices=voices,
        steps=_steps(extension, voices),
        may_answer=own is not None
        and own.pk not in consents
        and own.state in RUNNING
        and state in (ExtensionState.ASKED, ExtensionState.PROPOSED),
        may_withdraw=extension.loan.membership.member_id == member.pk
        and may_move(TRANSITIONS, state, ExtensionState.WITHDRAWN, Actor.BORROWER),
    )


def _steps(extension: Extension, voices: list[Voice]) -> list[dict[str, Any]]:
    waiting = listed(voice.name for voice in voices if voice.tone == "wheat")
    steps = [
        (_("提出展期"), ""),
        (_("每位出借人同意"), waiting),
        (_("工会经办"), _("工会经办人")),
        (_("工会复核，生效"), _("工会复核人")),
    ]
    if extension.state in ("refused", "withdrawn", "expired"):
        stop = {
            "label": extension.get_state_display(),
            "state": "stopped",
            "who": "",
            "detail": extension.remark,
        }
        return [{"label": steps[0][0], "state": "done", "who": "", "detail": ""}, stop]
    reached = {"asked": 1 if waiting else 2, "proposed": 3, "in_force": 4}[extension.state]
    return [
        {
            "label": label,
            "who": who if n == reached else "",
            "detail": "",
            "state": "done" if n < reached else "now" if n == reached else "next",
        }
        for n, (label, who) in enumerate(steps)
    ]
