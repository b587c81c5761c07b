"""What keeps a signed sheet from being recorded or confirmed: the cause, who, and the way on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cooperative.consent.models import Channel, Consent, ConsentText, PaperConsent, Recipient
from cooperative.consent.rules.purposes import purpose_of
from cooperative.consent.selectors import current_text, members_of, members_within
from cooperative.consent.services.consents import runs_until
from cooperative.membership.models import Member, Union
from core.dates import business_date, start_of_day
from core.errors import Refused
from core.formats import format_day
from core.models import StoredFile
from core.sentences import listed

MOST_ON_A_SHEET = 50
_NAMED = 3


def check_sheet(member_ids: Collection[int], evidence: StoredFile | None) -> None:
    """Somebody signed, not too many for one pair of eyes, and here is the sheet."""
    count = len(set(member_ids))
    if not count:
        raise Refused(
            "nobody_chosen", _("还没有选成员。"), way_on=_("请先选在这张纸上签字的成员。")
        )
    if count > MOST_ON_A_SHEET:
        raise Refused(
            "too_many",
            _("一次选了 %(count)s 位，一张名单最多登记 %(most)s 位。")
            % {"count": count, "most": MOST_ON_A_SHEET},
            way_on=_("请分几次登记。"),
            count=count,
        )
    if evidence is None:
        raise Refused(
            "evidence_missing",
            _("没有签字那张纸的照片，不能登记。"),
            way_on=_("请把签好字的纸拍照或扫描，再上传。"),
        )


def check_text_in_force(text: ConsentText, at: datetime) -> None:
    """The sheet carries the version in force."""
    current = current_text(text.purpose, at)
    if current is None or current.pk != text.pk:
        raise Refused(
            "text_changed",
            _("“%(title)s”的说明已经换了新的一版，纸上签的是第 %(version)s 版。")
            % {"title": text.title, "version": text.version},
            way_on=_("请打印新的一版，请成员看过再签。"),
            version=text.version,
        )


def check_signed_on(signed_on: date, text: ConsentText, at: datetime) -> None:
    """Signed neither later than now, nor before the text was out, nor so long ago that it ran out."""
    today = business_date(at)
    if signed_on > today:
        raise Refused(
            "signed_in_future",
            _("签字日期填的是%(day)s，还没到。") % {"day": format_day(signed_on, today)},
            way_on=_("请照纸上写的日子填。"),
        )
    published = business_date(text.published_at) if text.published_at else today
    if signed_on < published:
        raise Refused(
            "signed_before_text",
            _("签字日期是%(day)s，这一版说明%(published)s才发布，纸上签的不会是它。")
            % {"day": format_day(signed_on), "published": format_day(published)},
            way_on=_("请核对日期；签的是旧说明的，请打印新的一版重签。"),
        )
    if runs_until(text, signed_on) <= at:
        raise Refused(
            "signed_too_long_ago",
            _("这份授权从签字那天（%(day)s）起管 %(months)s 个月，现在已经到期。")
            % {"day": format_day(signed_on), "months": text.valid_months},
            way_on=_("请成员重新签一份。"),
        )


def check_members(members: Sequence[Member], asked: set[int], union: Union, by: Any) -> None:
    """All asked for are there, not erased, of the union, and none is the officer."""
    gone = [member for member in members if member.erased_at is not None]
    if gone:
        raise Refused(
            "erased",
            _("选的人里有 %(count)s 位已按本人要求删除资料，不能再登记授权。")
            % {"count": len(gone)},
            way_on=_("请把这几位去掉，其他人照常登记。"),
            members=sorted(member.pk for member in gone),
        )
    check_no_own_matter(members, by)
    ours = set(members_of(union).filter(pk__in=asked).values_list("pk", flat=True))
    strangers = asked - ours
    if strangers:
        raise Refused(
            "not_our_member",
            _("选的人里有 %(count)s 位现在不是%(union)s的成员。")
            % {"count": len(strangers), "union": union.name},
            way_on=_("请核对会籍；是别的工会的，由那边的工会登记。"),
            members=sorted(strangers),
        )


def check_no_own_matter(members: Iterable[Member], by: Any) -> None:
    """Nobody vouches for their own signature (I17)."""
    if any(member.user_id == by.pk for member in members if member.user_id is not None):
        raise Refused(
            "own_matter",
            _("这里有您自己的授权，不能由您登记或复核。"),
            way_on=_("您可以在“我的授权”里自己给，或请另一位同事办理。"),
        )


def check_recipient(members: Sequence[Member], recipient: Recipient, text: ConsentText) -> None:
    """The recipient is the members' own union or federation, of the kind the purpose asks."""
    fits = purpose_of(text.purpose).recipient_kind == recipient.kind
    within = members_within(recipient, members) if fits else set()
    strangers = [member for member in members if member.pk not in within]
    if strangers:
        raise Refused(
            "recipient_not_theirs",
            _("“%(recipient)s”不是%(names)s自己的工会或联合社，不能替他们授权给它。")
            % {"recipient": recipient.name, "names": named(strangers)},
            way_on=_("请换成成员自己的工会或联合社。"),
            members=sorted(member.pk for member in strangers),
        )


def check_not_given(
    members: Sequence[Member], recipient: Recipient, text: ConsentText, at: datetime
) -> None:
    """None of them has a live consent to this version."""
    given = set(
        Consent.objects.live(at)
        .filter(member__in=members, recipient=recipient, text=text)
        .values_list("member_id", flat=True)
    )
    if given:
        raise already_given([member for member in members if member.pk in given])


def check_not_waiting(members: Sequence[Member], recipient: Recipient, text: ConsentText) -> None:
    """None of them has signed a sheet that is recorded already."""
    waiting = set(
        PaperConsent.objects.filter(
            member__in=members,
            recipient=recipient,
            purpose=text.purpose,
            state=PaperConsent.State.PROPOSED,
        ).values_list("member_id", flat=True)
    )
    if waiting:
        raise recorded_already([member for member in members if member.pk in waiting])


def check_not_withdrawn(
    members: Sequence[Member], recipient: Recipient, text: ConsentText, since: datetime
) -> None:
    """Nobody said no after the yes: the later word counts (PIPL 15)."""
    said_no = set(
        Consent.objects.filter(
            member__in=members,
            recipient=recipient,
            purpose=text.purpose,
            withdrawn_channel__in=[Channel.PAGE, Channel.PAPER, Channel.WORD],
            withdrawn_at__gte=since,
        ).values_list("member_id", flat=True)
    )
    if said_no:
        raise Refused(
            "withdrawn_since",
            _("%(names)s在这次签字以后撤回过这项授权，后说的算数。")
            % {"names": named(member for member in members if member.pk in said_no)},
            way_on=_("本人又愿意给的，请重新签一份。"),
            members=sorted(said_no),
        )


def already_given(members: Sequence[Member]) -> Refused:
    """Nothing to add to a live consent."""
    return Refused(
        "already_given",
        _("%(names)s已经给过这项授权，现在有效。") % {"names": named(members)},
        way_on=_("不用再登记。"),
        members=sorted(member.pk for member in members),
    )


def recorded_already(members: Sequence[Member] = ()) -> Refused:
    """A sheet of theirs waits already."""
    return Refused(
        "recorded_already",
        _("%(names)s的这项纸面授权已经登记，正等复核。") % {"names": named(members)},
        way_on=_("要换照片的，先收回原来那一份。"),
        members=sorted(member.pk for member in members),
    )


def wrong_state(paper: PaperConsent) -> Refused:
    """Somebody has already decided."""
    return Refused(
        "wrong_state",
        _("这份纸面授权现在是“%(state)s”，不能再办。") % {"state": paper.get_state_display()},
        way_on=_("请刷新页面，看看最新的情况。"),
        state=paper.state,
    )


def end_of(day: date) -> datetime:
    """The first moment after a day."""
    return start_of_day(day + timedelta(days=1))


def named(members: Iterable[Member]) -> str:
    """The first names, and how many there are.

    >>> named([])
    '选的成员'
    """
    names = [member.name for member in members]
    if not names:
        return _now("选的成员")
    if len(names) <= _NAMED:
        return listed(names)
    return _now("%(names)s等 %(count)s 位") % {
        "names": listed(names[:_NAMED]),
        "count": len(names),
    }
