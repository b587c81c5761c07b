"""What raters and assessed members are told, each once, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from cooperative.membership.services.telling import addressee_of
from cooperative.notices.services import notify
from core.formats import format_number
from core.sentences import filled
from credit.scoring.models import PanelReview, PanelSeat, PanelSubject

Text = str | Promise


@dataclass(frozen=True)
class Told:
    """A kind of notice: its title in lists, the sentence, what follows, whether by SMS too."""

    title: Text
    sentence: Text
    body: Text = ""
    sms: bool = False


NOTICES: Mapping[str, Told] = {
    "scoring.panel_opened": Told(
        _("邻里评议请您打分"),
        _("工会请您给几位邻居打分，打到%(day)s为止。"),
        _("不记名，您打几分本人和经办人都看不到。家里人和有往来的，可以不评。"),
        sms=True,
    ),
    "scoring.panel_reminder": Told(
        _("邻里评议快结束了"),
        _("邻里评议打分到%(day)s为止，您还有 %(count)s 位没有评。"),
        _("不记名，几分钟就能评完。家里人和有往来的，可以不评。"),
        sms=True,
    ),
    "scoring.panel_cancelled": Told(
        _("邻里评议取消了"),
        _("这次邻里评议取消了，不用再打分。"),
        _("原因：%(reason)s。"),
    ),
    "scoring.panel_result": Told(
        _("邻里评议有了结果"),
        _("您的邻里评议有了结果：平均 %(mean)s 分，%(count)s 人打分。"),
        _("满分 6 分，两头的分去掉再平均。下一次评分就算进去，%(day)s以前都算数。"),
    ),
    "scoring.panel_no_result": Told(
        _("邻里评议没有结果"),
        _("您的邻里评议这次没有结果：打分的人不到 %(least)s 位。"),
        _("不影响您的信用评分。以后可以请工会再召集一次。"),
    ),
}


def tell_rater(seat: PanelSeat, kind: str, *, at: datetime, **facts: Any) -> None:
    """Tell one rater; the same kind once for a panel and its last day."""
    panel = seat.panel
    link = reverse("panel_review", args=[panel.pk])
    _tell(seat.member, kind, panel, seat, link, at, day=panel.closes_on, **facts)


def tell_result(subject: PanelSubject, *, least: int, at: datetime) -> None:
    """Tell the assessed member what came of it; who ended their consent is not told."""
    link, panel = reverse("my_panels"), subject.panel
    if subject.outcome == PanelSubject.Outcome.TOO_FEW:
        _tell(subject.member, "scoring.panel_no_result", panel, subject, link, at, least=least)
    elif subject.mean is not None:
        facts = {
            "mean": format_number(subject.mean),
            "count": subject.counted,
            "day": subject.holds_until,
        }
        _tell(subject.member, "scoring.panel_result", panel, subject, link, at, **facts)


def _tell(
    member: Member,
    kind: str,
    panel: PanelReview,
    about: models.Model,
    link: str,
    at: datetime,
    **facts: Any,
) -> None:
    told = NOTICES[kind]
    notify(
        to=addressee_of(member),
        kind=kind,
        title=filled(told.sentence, **facts),
        body=filled(told.body, **facts),
        at=at,
        link=link,
        subject=about,
        due_on=panel.closes_on,
        scope=panel.union.path,
    )
