import core.money
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What lenders spent to get back money that was late, confirmed by two officers."""

    dependencies = [
        ("core", "0004_documents_append_only"),
        ("lending", "0014_contract_erased"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="loanevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("delivered", "到账"),
                    ("paid", "还款"),
                    ("reversed", "冲正"),
                    ("extended", "展期"),
                    ("written_off", "核销"),
                    ("returned", "退回多付"),
                    ("cost_added", "计入费用"),
                ],
                max_length=12,
                verbose_name="事件",
            ),
        ),
        migrations.CreateModel(
            name="Cost",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("court", "诉讼费"),
                            ("notary", "公证费"),
                            ("letter", "信函费"),
                            ("travel", "交通费"),
                            ("other", "其他费用"),
                        ],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                (
                    "amount",
                    core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="金额"),
                ),
                ("borne_on", models.DateField(verbose_name="哪天花的")),
                ("reason", models.CharField(max_length=300, verbose_name="为什么花")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "等复核"),
                            ("confirmed", "已计入"),
                            ("dropped", "没有计入"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "objection",
                    models.CharField(blank=True, max_length=300, verbose_name="借款人的话"),
                ),
                (
                    "objected_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="借款人提出时间"),
                ),
                ("remark", models.CharField(blank=True, max_length=300, verbose_name="复核意见")),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="票据",
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
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="costs",
                        to="lending.share",
                        verbose_name="出借份额",
                    ),
                ),
            ],
            options={
                "verbose_name": "追款费用",
                "verbose_name_plural": "追款费用",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("checked_by", models.F("made_by")), _negated=True),
                        name="lending_cost_maker_is_not_checker",
                        violation_error_message="经办和复核必须是两个人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="lending_cost_checked_by_paired",
                        violation_error_message="时间和经手人要一起填写。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "dropped"), _negated=True),
                        fields=("share", "kind", "amount", "borne_on"),
                        name="lending_cost_once",
                        violation_error_message="这笔费用已经登记过。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="lending_cost_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="lending_cost_reasoned",
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
                        name="lending_cost_state_checked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("remark", ""), ("state", "dropped"), _negated=True),
                        name="lending_cost_drop_told",
                        violation_error_message="不计入要写明原因。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("objected_at__isnull", True), ("objection", "")),
                            models.Q(
                                models.Q(("objection", ""), _negated=True),
                                ("objected_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="lending_cost_objection_dated",
                        violation_error_message="借款人的话要和时间一起记。",
                    ),
                ],
            },
        ),
    ]
