import core.crypto
import core.models.parameters
import core.money
import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What members hold against their scores, and what officers put in their place for a time."""

    dependencies = [
        ("core", "0004_documents_append_only"),
        ("membership", "0002_roster"),
        ("scoring", "0002_fixed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Objection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=63, verbose_name="哪一项")),
                ("words", core.crypto.SealedTextField(verbose_name="本人的话")),
                ("raised_at", models.DateTimeField(verbose_name="提出时间")),
                ("due_on", models.DateField(verbose_name="最晚答复")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "等答复"),
                            ("upheld", "已更正"),
                            ("rejected", "没有改"),
                            ("withdrawn", "本人撤回"),
                        ],
                        default="raised",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "answer",
                    core.crypto.SealedTextField(blank=True, default="", verbose_name="书面答复"),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                ),
                (
                    "statement",
                    core.crypto.SealedTextField(blank=True, default="", verbose_name="本人声明"),
                ),
                ("stated_at", models.DateTimeField(blank=True, null=True, verbose_name="声明时间")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="凭证",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="membership.member",
                        verbose_name="成员",
                    ),
                ),
                (
                    "new_score",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scoring.score",
                        verbose_name="重新评分",
                    ),
                ),
                (
                    "score",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="scoring.score",
                        verbose_name="评分",
                    ),
                ),
            ],
            options={
                "verbose_name": "评分异议",
                "verbose_name_plural": "评分异议",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "raised")),
                        fields=["due_on", "id"],
                        name="scoring_objection_clock",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                            models.Q(
                                ("answered_at__isnull", False), ("answered_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="scoring_objection_answered_by_paired",
                        violation_error_message="时间和经手人要一起填写。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "raised")),
                        fields=("member", "about"),
                        name="scoring_objection_one_open",
                        violation_error_message="这一项您已经提过异议，还在办理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="scoring_objection_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("answered_at__isnull", False),
                                ("state__in", ["upheld", "rejected"]),
                            ),
                            models.Q(
                                models.Q(("state__in", ["upheld", "rejected"]), _negated=True),
                                ("answer", ""),
                                ("answered_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="scoring_objection_answered_in_writing",
                        violation_error_message="要有书面答复。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), ("withdrawn_at__isnull", False)),
                            models.Q(
                                models.Q(("state", "withdrawn"), _negated=True),
                                ("withdrawn_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="scoring_objection_withdrawn_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new_score__isnull", True), ("state", "upheld"), _connector="OR"
                        ),
                        name="scoring_objection_corrected_when_upheld",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stated_at__isnull", True), ("statement", "")),
                            models.Q(
                                models.Q(("statement", ""), _negated=True),
                                ("state", "rejected"),
                                ("stated_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="scoring_objection_stated_when_rejected",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Override",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="经办时间")),
                (
                    "checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="复核时间"),
                ),
                ("grade", models.CharField(blank=True, max_length=4, verbose_name="调整后的等级")),
                (
                    "limit_amount",
                    core.money.MoneyField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="调整后的额度",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="为什么调整")),
                ("starts_on", models.DateField(verbose_name="哪天起")),
                ("ends_on", models.DateField(verbose_name="到哪天为止")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "等复核"),
                            ("confirmed", "已复核同意"),
                            ("rejected", "没有同意"),
                            ("revoked", "已撤销"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "remark",
                    models.CharField(blank=True, max_length=300, verbose_name="不同意或撤销的原因"),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤销时间"),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="凭证",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="score_overrides",
                        to="membership.member",
                        verbose_name="成员",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
                (
                    "score",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="scoring.score",
                        verbose_name="调整前的评分",
                    ),
                ),
            ],
            options={
                "verbose_name": "人工调整",
                "verbose_name_plural": "人工调整",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("checked_by", models.F("made_by")), _negated=True),
                        name="scoring_override_maker_is_not_checker",
                        violation_error_message="经办和复核必须是两个人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="scoring_override_checked_by_paired",
                        violation_error_message="时间和经手人要一起填写。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="scoring_override_revoked_by_paired",
                        violation_error_message="时间和经手人要一起填写。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("grade", ""), _negated=True),
                            ("limit_amount__isnull", False),
                            _connector="OR",
                        ),
                        name="scoring_override_changes_something",
                        violation_error_message="等级和额度至少要调整一样。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("limit_amount__isnull", True),
                            ("limit_amount__gte", 0),
                            _connector="OR",
                        ),
                        name="scoring_override_limit_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="scoring_override_reasoned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__gt", models.F("starts_on")),
                            models.Q(("ends_on", models.F("starts_on")), ("state", "revoked")),
                            _connector="OR",
                        ),
                        name="scoring_override_period_forward",
                        violation_error_message="结束的日子要晚于开始的日子。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("state", "proposed")),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("checked_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="scoring_override_state_checked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", False), ("state", "revoked")),
                            models.Q(
                                models.Q(("state", "revoked"), _negated=True),
                                ("revoked_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="scoring_override_revoked_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("remark", ""), ("state__in", ["rejected", "revoked"]), _negated=True
                        ),
                        name="scoring_override_end_told",
                        violation_error_message="不同意和撤销要写明原因。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state__in", ["confirmed", "revoked"])),
                        expressions=[
                            ("member", "="),
                            (core.models.parameters.DateRange("starts_on", "ends_on"), "&&"),
                        ],
                        name="scoring_override_no_overlap",
                        violation_error_message="这位成员在这段时间已有一次人工调整。",
                    ),
                ],
            },
        ),
    ]
