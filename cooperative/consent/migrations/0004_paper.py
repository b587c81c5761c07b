import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Consents signed on paper, and withdrawals that an officer records."""

    dependencies = [
        ("consent", "0003_scored_by_index"),
        ("core", "0004_documents_append_only"),
        ("membership", "0002_roster"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperConsent",
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
                ("purpose", models.CharField(max_length=40, verbose_name="用途代码")),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None, verbose_name="资料"
                    ),
                ),
                ("signed_on", models.DateField(verbose_name="签字日期")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "等复核"),
                            ("confirmed", "已生效"),
                            ("rejected", "没有通过"),
                            ("withdrawn", "已收回"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("remark", models.CharField(blank=True, max_length=300, verbose_name="原因")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="收回时间"),
                ),
            ],
            options={
                "verbose_name": "纸面授权",
                "verbose_name_plural": "纸面授权",
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="evidence",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="签字的纸",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_evidence",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="撤回的凭证",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="撤回原因"),
        ),
        migrations.AlterField(
            model_name="consent",
            name="given_channel",
            field=models.CharField(
                choices=[
                    ("page", "本人在网页上"),
                    ("paper", "纸面签字"),
                    ("word", "本人当面或打电话说的"),
                    ("replaced", "换成了新的一份"),
                    ("erasure", "资料删除时一并结束"),
                ],
                default="page",
                max_length=10,
                verbose_name="给出方式",
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="withdrawn_channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("page", "本人在网页上"),
                    ("paper", "纸面签字"),
                    ("word", "本人当面或打电话说的"),
                    ("replaced", "换成了新的一份"),
                    ("erasure", "资料删除时一并结束"),
                ],
                max_length=10,
                verbose_name="撤回方式",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("evidence__isnull", False), ("given_channel", "paper")),
                    models.Q(
                        models.Q(("given_channel", "paper"), _negated=True),
                        ("evidence__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="consent_consent_paper_proven",
                violation_error_message="纸面授权要有签字那张纸的照片。",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("withdrawn_channel__in", ["paper", "word"]),
                        models.Q(("withdrawn_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("withdrawn_channel__in", ["paper", "word"]), _negated=True),
                        ("withdrawn_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="consent_consent_withdrawal_told",
                violation_error_message="代成员撤回要写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_channel", "paper"), ("withdrawn_evidence__isnull", False)),
                    models.Q(
                        models.Q(("withdrawn_channel", "paper"), _negated=True),
                        ("withdrawn_evidence__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="consent_consent_withdrawal_proven",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="checked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="复核人",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="consent",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="paper",
                to="consent.consent",
                verbose_name="授权",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="evidence",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="签字的纸",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办人",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="paper_consents",
                to="membership.member",
                verbose_name="成员",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="consent.recipient",
                verbose_name="接收方",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="text",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="consent.consenttext",
                verbose_name="授权说明",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="union",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="membership.union",
                verbose_name="办理的工会",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="收回人",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(("checked_by", models.F("made_by")), _negated=True),
                name="consent_paperconsent_maker_is_not_checker",
                violation_error_message="经办和复核必须是两个人。",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                    models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                    _connector="OR",
                ),
                name="consent_paperconsent_checked_by_paired",
                violation_error_message="时间和经手人要一起填写。",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="consent_paperconsent_withdrawn_by_paired",
                violation_error_message="时间和经手人要一起填写。",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("checked_at__isnull", True),
                        ("state", "proposed"),
                        ("withdrawn_at__isnull", True),
                    ),
                    models.Q(
                        ("checked_at__isnull", False),
                        ("state__in", ["confirmed", "rejected"]),
                        ("withdrawn_at__isnull", True),
                    ),
                    models.Q(
                        ("checked_at__isnull", True),
                        ("state", "withdrawn"),
                        ("withdrawn_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="consent_paperconsent_state_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("consent__isnull", False), ("state", "confirmed")),
                    models.Q(
                        models.Q(("state", "confirmed"), _negated=True), ("consent__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="consent_paperconsent_consent_when_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("evidence__isnull", False),
                    ("state__in", ["rejected", "withdrawn"]),
                    _connector="OR",
                ),
                name="consent_paperconsent_proven",
                violation_error_message="要有签字那张纸的照片。",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("remark", ""), ("state__in", ["rejected", "withdrawn"]), _negated=True
                ),
                name="consent_paperconsent_end_told",
                violation_error_message="要写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(("categories__len__gt", 0)),
                name="consent_paperconsent_categories_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("member", "recipient", "purpose"),
                name="consent_paperconsent_one_waiting",
                violation_error_message="这份纸面授权已经登记过，正等复核。",
            ),
        ),
    ]
