"""The sections of the apps below this one: who the member is, memberships, account, messages."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cooperative.accounts.models import User
from cooperative.accounts.services.sessions import end_sessions
from cooperative.consent.models import PaperConsent
from cooperative.consent.personal_data import Entry, Item, register_personal_data
from cooperative.consent.shown import titles
from cooperative.membership.models import JoiningDraft, Member, Membership, RosterRow
from cooperative.membership.rules.joining import LIVE_STATES
from cooperative.notices.models import Notice
from cooperative.notices.services import forget_person
from core.errors import Refused
from core.files import remove_file
from core.formats import format_day, format_moment
from core.masking import mask_id, mask_phone
from core.models import StoredFile


def register() -> None:
    """Declare them; called once from ``AppConfig.ready``."""
    register_personal_data(
        "identity",
        _("身份和联系方式"),
        collect_identity,
        erase_identity,
        keeps_while_member,
        position=10,
    )
    register_personal_data(
        "membership", _("会籍"), collect_memberships, erase_memberships, position=20
    )
    register_personal_data(
        "paper_consents", _("纸面授权"), collect_papers, erase_papers, position=70
    )
    register_personal_data("account", _("登录账号"), collect_account, erase_account, position=80)
    register_personal_data(
        "messages", _("收到的消息"), collect_messages, erase_messages, position=90
    )


def collect_identity(member: Member) -> list[Entry]:
    """Name, number, phone, village and household."""
    number, phone = member.identity_number, member.phone
    items = (
        Item("kind", _("类别"), member.get_kind_display()),
        Item("name", _("姓名或名称"), member.name),
        Item("identity_number", _("证件号码"), number, mask_id(number)),
        Item("contact_name", _("联系人"), member.contact_name),
        Item("phone", _("手机号"), phone, mask_phone(phone)),
        Item("village", _("所在的村"), member.division.name if member.division else ""),
        Item("household", _("户号"), member.household.number if member.household else ""),
        Item("created_at", _("登记时间"), format_moment(member.created_at)),
    )
    return [Entry(_("基本资料"), tuple(item for item in items if item.value))]


def erase_identity(member: Member, at: datetime) -> None:
    """Clear every field that tells who it was; the row stays for the log that points at it."""
    member.name = member.identity_number = member.contact_name = ""
    member.identity_index = None
    member.set_phone("")
    member.division = member.household = None
    member.erased_at = at
    member.save()


def keeps_while_member(member: Member) -> Refused | None:
    """A union must know its members: nothing is erased during a live membership."""
    live = (
        Membership.objects.filter(member=member, state__in=LIVE_STATES)
        .select_related("union")
        .order_by("pk")
        .first()
    )
    if live is None:
        return None
    return Refused(
        "still_member",
        _("会籍还在，现在不能删除：您现在是“%(union)s”的成员，工会依法要有会员名册。")
        % {"union": live.union.name},
        way_on=_("先办退会，会籍结束后就可以删除（个人信息保护法第十三条、第四十七条）。"),
        union=live.union_id,
    )


def collect_memberships(member: Member) -> list[Entry]:
    """Each membership with its dates."""
    rows = (
        Membership.objects.filter(member=member)
        .select_related("union", "cooperative")
        .order_by("-applied_at", "-pk")
    )
    return [*(_membership_entry(row) for row in rows), *_roster_entries(member)]


def _roster_entries(member: Member) -> list[Entry]:
    rows = _roster_rows(member).select_related("roster__union").order_by("-roster_id", "position")
    return [
        Entry(
            _("工会名册里的一行"),
            (
                Item("roster_row", _("第几行"), row.number),
                Item("roster_outcome", _("结果"), row.get_outcome_display()),
                Item("roster_on", _("交来的时间"), format_moment(row.roster.made_at)),
            ),
            row.roster.union.name,
        )
        for row in rows
    ]


def _membership_entry(row: Membership) -> Entry:
    items = (
        Item("cooperative", _("合作社"), row.cooperative.name if row.cooperative else ""),
        Item("ground", _("入会依据"), row.get_ground_display()),
        Item("state", _("状态"), row.get_state_display()),
        Item("applied_at", _("申请时间"), format_moment(row.applied_at)),
        Item("admitted_on", _("入会日期"), row.admitted_on and format_day(row.admitted_on)),
        Item(
            "waiting_ends_on",
            _("等待期满"),
            row.waiting_ends_on and format_day(row.waiting_ends_on),
        ),
        Item("ended_on", _("结束日期"), row.ended_on and format_day(row.ended_on)),
        Item("reason", _("说明"), row.reason),
    )
    filled = tuple(item for item in items if item.value)
    return Entry(row.union.name, filled, row.get_source_display())


def erase_memberships(member: Member, at: datetime) -> None:
    """Remove written reasons and rows of rosters; that there was a membership, and when, stays."""
    Membership.objects.filter(member=member).update(reason="")
    _roster_rows(member).update(cells="[]", problems=[], identity_index=None)


def _roster_rows(member: Member) -> QuerySet[RosterRow]:
    """Rows of imported rosters that made or changed the member, or carry their number."""
    same = Q(member=member)
    if member.identity_index:
        same |= Q(identity_index=member.identity_index)
    return RosterRow.objects.filter(same)


def collect_papers(member: Member) -> list[Entry]:
    """Every sheet recorded for the member, also those that never counted."""
    rows = PaperConsent.objects.filter(member=member).select_related(
        "text", "recipient", "made_by", "checked_by"
    )
    return [_paper_entry(row) for row in rows.order_by("-made_at", "-pk")]


def _paper_entry(row: PaperConsent) -> Entry:
    items = (
        Item("recipient", _("给谁"), row.recipient.name),
        Item("version", _("说明第几版"), row.text.version),
        Item("categories", _("哪些资料"), titles(row.categories)),
        Item("signed_on", _("签字日期"), format_day(row.signed_on)),
        Item("state", _("状态"), row.get_state_display()),
        Item("recorded_by", _("谁登记的"), row.made_by),
        Item("recorded_at", _("登记时间"), format_moment(row.made_at)),
        Item("confirmed_by", _("谁复核的"), row.checked_by or ""),
        Item("confirmed_at", _("复核时间"), row.checked_at and format_moment(row.checked_at)),
        Item("remark", _("原因"), row.remark),
    )
    return Entry(row.text.title, tuple(item for item in items if item.value))


def erase_papers(member: Member, at: datetime) -> None:
    """Remove photographs that prove nothing; what proves a consent stays as long as the consent.

    A list that others signed too is theirs as well: it stays, only the row forgets it.
    """
    ended = [PaperConsent.State.REJECTED, PaperConsent.State.WITHDRAWN]
    rows = PaperConsent.objects.filter(member=member, state__in=ended)
    files = list(StoredFile.objects.filter(pk__in=rows.values("evidence")).order_by("pk"))
    rows.update(evidence=None, remark="—")
    for file in files:
        if not PaperConsent.objects.filter(evidence=file).exists():
            remove_file(file)


def collect_account(member: Member) -> list[Entry]:
    """The account the member signs in with."""
    user = member.user
    if user is None:
        return []
    items = (
        Item("username", _("登录名"), user.username or ""),
        Item("phone", _("登录手机号"), user.phone, mask_phone(user.phone)),
        Item("language", _("语言"), user.get_language_display()),
        Item("created_at", _("建立时间"), format_moment(user.created_at)),
    )
    account = Entry(_("账号"), tuple(item for item in items if item.value))
    sessions = UserSession.objects.filter(user=user).order_by("-last_seen_at", "pk")
    return [account, *(_session_entry(session) for session in sessions)]


def _session_entry(session: UserSession) -> Entry:
    return Entry(
        _("登录过的设备"),
        (
            Item("device", _("设备"), session.user_agent),
            Item("address", _("网络地址"), session.ip),
            Item("signed_in_at", _("登录时间"), format_moment(session.created_at)),
            Item("last_seen_at", _("最近使用"), format_moment(session.last_seen_at)),
        ),
    )


def erase_account(member: Member, at: datetime) -> None:
    """Close the account and forget its phone; an officer's account stays, they still serve."""
    if member.user_id is None:
        return
    user = User.objects.get(pk=member.user_id)
    JoiningDraft.objects.filter(user=user).delete()
    end_sessions(user=user, by=None, at=at)
    if user.username:
        return
    user.username = f"erased-{user.pk}"
    user.name = ""
    user.set_phone("")
    user.is_active = False
    user.save()


def collect_messages(member: Member) -> list[Entry]:
    """What the member was told, here and by SMS."""
    rows = _notices_to(member).order_by("-created_at", "-pk")
    return [
        Entry(row.title, (Item("body", _("内容"), row.body),), format_moment(row.created_at))
        for row in rows
    ]


def erase_messages(member: Member, at: datetime) -> None:
    """Blank the texts and stop what has not gone out; that a message went out stays known."""
    forget_person(person=_person(member), at=at)
    if member.user_id is not None:
        forget_person(person=f"user:{member.user_id}", at=at)


def _person(member: Member) -> str:
    return f"member:{member.pk}"


def _notices_to(member: Member) -> QuerySet[Notice]:
    addressed = Q(person=_person(member))
    if member.user_id is not None:
        addressed |= Q(recipient=member.user_id)
    return Notice.objects.filter(addressed)
