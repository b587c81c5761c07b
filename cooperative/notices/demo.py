"""Notices of the demo: what an office tells its members in a week, and an SMS that got stuck."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import partial

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cooperative.notices import services
from cooperative.notices.models import Delivery, Notice
from cooperative.notices.services import Addressee
from cooperative.notices.services.delivering import deliver_next
from cooperative.notices.sms import Sms, SmsRefused
from core.dates import BUSINESS_ZONE, business_date
from core.formats import format_day
from core.sentences import filled

_ONE_IN_REFUSED = 9
_JUST_NOW = timedelta(hours=1)
_UNREAD = timedelta(days=2)


class _PastPort:
    """Plays a gateway of the past; one number in so many is one that the operator does not know."""

    def __init__(self, one_in_refused: int = 0) -> None:
        self._count = 0
        self._one_in_refused = one_in_refused

    def send(self, sms: Sms) -> str:
        """An id, or a refusal."""
        self._count += 1
        if self._one_in_refused and self._count % self._one_in_refused == 0:
            raise SmsRefused("number_unknown")
        return f"demo-{self._count}"


def load(*, at: datetime, people: Iterable[tuple[Addressee, str]]) -> int:
    """Tell each of ``people`` (with the path of their union) what the office told last week.

    Doing it again changes nothing. The SMS are sent in the past, so none reaches the demo's inbox.
    """
    port = _PastPort(_ONE_IN_REFUSED)
    told = 0
    for to, scope in people:
        told += 1
        _welcome(to, scope, at)
        _meeting(to, scope, at, port)
        _hours(to, scope, at)
    return told


def send_past(*, at: datetime) -> int:
    """Send and read what other parts of the demo told in the past, in the past; how many SMS."""
    port, sent = _PastPort(), 0
    waiting = Delivery.objects.filter(attempts=0, next_attempt_at__lt=at - _JUST_NOW)
    for pk, due in waiting.order_by("pk").values_list("pk", "next_attempt_at"):
        sent += deliver_next(port=port, clock=lambda due=due: due, delivery_id=pk)
    old = Notice.objects.filter(read_at=None, recipient__isnull=False, created_at__lt=at - _UNREAD)
    old.update(read_at=F("created_at") + _JUST_NOW)
    return sent


def _morning(at: datetime, days_ago: int) -> datetime:
    day = business_date(at) - timedelta(days=days_ago)
    return datetime.combine(day, time(9, 20), tzinfo=BUSINESS_ZONE)


def _welcome(to: Addressee, scope: str, at: datetime) -> None:
    notice = services.notify(
        to=to,
        kind="notices.welcome",
        title=_("欢迎来到合作平台"),
        body=_("您的地、会籍和办理进度都在这里。谁看过您的资料，也记在这里。"),
        at=_morning(at, 6),
        link="/",
        scope=scope,
    )
    services.mark_read(notice=notice, at=_morning(at, 5))


def _meeting(to: Addressee, scope: str, at: datetime, port: _PastPort) -> None:
    sent_at = _morning(at, 2)
    due_on = business_date(at) + timedelta(days=5)
    day = partial(format_day, due_on, business_date(at))
    notice = services.notify(
        to=to,
        kind="notices.office",
        title=_("请来参加成员大会"),
        body=filled(
            _("%(day)s上午九点在村委会开会，请带身份证。来不了的，请提前说一声。"), day=day
        ),
        sms=filled(_("%(day)s上午九点在村委会开成员大会，请带身份证。"), day=day),
        at=sent_at,
        due_on=due_on,
        scope=scope,
    )
    _send_in_the_past(notice, sent_at, port)


def _send_in_the_past(notice: Notice, at: datetime, port: _PastPort) -> None:
    for delivery in Delivery.objects.filter(notice=notice, attempts=0):
        deliver_next(port=port, clock=lambda: at, delivery_id=delivery.pk)


def _hours(to: Addressee, scope: str, at: datetime) -> None:
    services.notify(
        to=Addressee(to.person, to.account),  # no number: it is read here, not sent
        kind="notices.office",
        title=_("办公室周六上午也有人"),
        body=_("平时八点半到十一点半，下午一点到四点。"),
        at=_morning(at, 1),
        scope=scope,
    )
