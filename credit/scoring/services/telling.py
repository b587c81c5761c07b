"""What members and officers are told of overrides and objections, each thing once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from cooperative.membership.services.telling import addressee_of
from cooperative.notices.kinds import register_kind
from cooperative.notices.services import notify
from core.sentences import Text, filled
from credit.scoring.access import scope_for

DUE_SOON = "scoring.objection_due_soon"
DUE_TOMORROW = "scoring.objection_due_tomorrow"
OVERDUE = "scoring.objection_overdue"


@dataclass(frozen=True)
class Told:
    """A kind of notice to a member: its title in lists, the sentence, what follows; by SMS too."""

    title: Text
    sentence: Text
    body: Text


NOTICES: Mapping[str, Told] = {
    "scoring.override_confirmed": Told(
        _("信用分有人工调整"),
        _("工会调整了您的信用：%(what)s"),
        _(
            "原因：%(reason)s。从%(first)s用到%(last)s，以后还按评分算。不同意的，"
            "可以在“我的信用分”里提出异议，工会书面答复。"
        ),
    ),
    "scoring.override_revoked": Told(
        _("人工调整已撤销"),
        _("工会撤销了对您信用的人工调整，现在按评分算：%(what)s"),
        _("原因：%(reason)s。不同意的，可以在“我的信用分”里提出异议，工会书面答复。"),
    ),
    "scoring.objection_upheld": Told(
        _("信用分已更正"),
        _("您对信用分的异议成立，已经更正。%(what)s"),
        _("工会的书面答复请看详情。"),
    ),
    "scoring.objection_rejected": Told(
        _("异议有书面答复"),
        _("您对信用分的异议有书面答复了，这次没有改"),
        _("为什么没有改请看答复。您可以写一段自己的说明，和分数放在一起给工会的人看。"),
    ),
}


def register() -> None:
    """Declare the kinds; called once from ``AppConfig.ready``."""
    for code, told in NOTICES.items():
        register_kind(code, told.title, sms=True)
    register_kind(DUE_SOON, _("评分异议快到期"))
    register_kind(DUE_TOMORROW, _("评分异议马上到期"), urgent=True)
    register_kind(OVERDUE, _("评分异议已超期"), urgent=True)


def tell(
    member: Member,
    kind: str,
    *,
    about: models.Model,
    at: datetime,
    link: str = "",
    due_on: date | None = None,
    **words: Any,
) -> None:
    """Tell the member in the caller's transaction; ``words`` fill the gaps as in ``filled``."""
    told = NOTICES[kind]
    notify(
        to=addressee_of(member),
        kind=kind,
        title=filled(told.sentence, **words),
        body=filled(told.body, **words),
        at=at,
        link=link or reverse("my_score"),
        subject=about,
        due_on=due_on,
        scope=scope_for(member),
    )
