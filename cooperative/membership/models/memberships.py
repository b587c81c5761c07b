"""How a member belongs to a union: application, ballot, admission, waiting period, leaving."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models.members import Member
from cooperative.membership.models.organisations import Cooperative, Union
from cooperative.membership.rules.joining import LIVE_STATES
from core.crypto import SealedTextField
from core.models import StoredFile
from core.models.base import FourEyes, LockedQuerySet, four_eyes_constraints

MembershipManager = models.Manager.from_queryset(LockedQuerySet["Membership"])
_LIVE = sorted(LIVE_STATES)
_BEFORE_ADMISSION = ["applied", "balloted", "rejected", "withdrawn"]


class Membership(models.Model):
    """A member in one union, usually through a co-operative. Moves by ``rules.joining``."""

    class State(models.TextChoices):
        APPLIED = "applied", _("已申请")
        BALLOTED = "balloted", _("已表决，待复核")
        ADMITTED = "admitted", _("正式成员")
        SUSPENDED = "suspended", _("暂停")
        REJECTED = "rejected", _("未通过")
        WITHDRAWN = "withdrawn", _("已撤回")
        LEFT = "left", _("已退出")

    class Ground(models.TextChoices):
        """Why the union may admit the member (Trade Union Law art. 3)."""

        COOPERATIVE_MEMBER = "cooperative_member", _("合作社社员，在社里劳动")
        COOPERATIVE_EMPLOYEE = "cooperative_employee", _("合作社雇员")
        FARM_WORKER = "farm_worker", _("农机手、农业工人")
        BUSINESS_OWNER = "business_owner", _("小微经营者")

    class Source(models.TextChoices):
        APPLICATION = "application", _("本人申请")
        ROSTER = "roster", _("名册导入")

    # found by an index of its own below
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        related_name="memberships",
        db_index=False,
        verbose_name=_("成员"),
    )
    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("工会")
    )
    cooperative = models.ForeignKey(
        Cooperative,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("合作社"),
    )
    ground = models.CharField(_("入会依据"), max_length=24, choices=Ground.choices)
    source = models.CharField(
        _("来源"), max_length=12, choices=Source.choices, default=Source.APPLICATION
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.APPLIED)
    applied_at = models.DateTimeField(_("申请时间"))
    admitted_on = models.DateField(_("入会日期"), null=True, blank=True)
    waiting_ends_on = models.DateField(_("等待期满"), null=True, blank=True)
    ended_on = models.DateField(_("结束日期"), null=True, blank=True)
    reason = models.CharField(_("说明"), max_length=300, blank=True)

    objects = MembershipManager()

    class Meta:
        verbose_name = _("会籍")
        verbose_name_plural = _("会籍")
        constraints = [
            models.UniqueConstraint(
                name="membership_membership_one_live",
                fields=["member", "union"],
                condition=Q(state__in=_LIVE),
                # the scores of a chunk of members read no more than this
                include=["state", "admitted_on"],
                violation_error_message=_("这位成员在本工会已有会籍。"),
            ),
            models.CheckConstraint(
                name="membership_membership_admission_dated",
                condition=Q(
                    state__in=_BEFORE_ADMISSION,
                    admitted_on__isnull=True,
                    waiting_ends_on__isnull=True,
                )
                | Q(
                    state__in=["admitted", "suspended", "left"],
                    admitted_on__isnull=False,
                    waiting_ends_on__isnull=False,
                ),
                violation_error_message=_("正式成员要有入会日期和等待期。"),
            ),
            models.CheckConstraint(
                name="membership_membership_waiting_after_admission",
                condition=Q(waiting_ends_on__isnull=True)
                | Q(waiting_ends_on__gte=F("admitted_on")),
            ),
            models.CheckConstraint(
                name="membership_membership_end_dated",
                condition=Q(state__in=_LIVE, ended_on__isnull=True)
                | (~Q(state__in=_LIVE) & Q(ended_on__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["union", "state"], name="membership_by_union_state"),
            # with the key, so that scores go on to the loans without looking a membership up
            models.Index(fields=["member"], name="membership_by_member", include=["id"]),
            # whose anniversary a day is
            models.Index(fields=["admitted_on"], name="membership_by_admission"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


BallotManager = models.Manager.from_queryset(LockedQuerySet["Ballot"])


class Ballot(FourEyes):
    """The vote of the members' meeting on one application; one officer records, another confirms."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("待复核")
        CARRIED = "carried", _("通过")
        NOT_CARRIED = "not_carried", _("未通过")
        RETURNED = "returned", _("退回重录")

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="ballots", verbose_name=_("会籍")
    )
    held_on = models.DateField(_("表决日期"))
    entitled = models.PositiveIntegerField(_("应到人数"))
    present = models.PositiveIntegerField(_("实到人数"))
    votes_for = models.PositiveIntegerField(_("赞成"))
    votes_against = models.PositiveIntegerField(_("反对"))
    abstained = models.PositiveIntegerField(_("弃权"))
    minutes = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("会议记录"),
    )
    outcome = models.CharField(
        _("结果"), max_length=12, choices=Outcome.choices, default=Outcome.WAITING
    )
    remark = models.CharField(_("复核意见"), max_length=300, blank=True)

    objects = BallotManager()

    class Meta:
        verbose_name = _("入会表决")
        verbose_name_plural = _("入会表决")
        constraints = [
            *four_eyes_constraints("membership_ballot"),
            models.CheckConstraint(
                name="membership_ballot_votes_add_up",
                condition=Q(present=F("votes_for") + F("votes_against") + F("abstained"))
                & Q(present__lte=F("entitled"))
                & Q(present__gt=0),
                violation_error_message=_("赞成、反对、弃权相加要等于实到人数，实到不能多于应到。"),
            ),
            models.CheckConstraint(
                name="membership_ballot_outcome_checked",
                condition=Q(outcome="waiting", checked_at__isnull=True)
                | (~Q(outcome="waiting") & Q(checked_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="membership_ballot_one_open",
                fields=["membership"],
                condition=~Q(outcome="returned"),
                violation_error_message=_("这份申请已经录过表决结果。"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.held_on}"


class JoiningDraft(models.Model):
    """Answers of someone who is joining, kept between screens and phones; gone on submission."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="joining_draft"
    )
    sealed_answers = SealedTextField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("入会草稿")
        verbose_name_plural = _("入会草稿")

    def __str__(self) -> str:
        return f"#{self.pk}"
