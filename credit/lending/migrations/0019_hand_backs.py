import core.money
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What came of a transfer whose share came to nothing goes back to its lender."""

    dependencies = [
        ("core", "0004_documents_append_only"),
        ("lending", "0018_cost_ends"),
        ("membership", "0002_roster"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "amount",
                    core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="金额"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("owed", "等退回"),
                            ("declared", "说已退回，等确认"),
                            ("returned", "已退回"),
                        ],
                        default="owed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="从何时起要退")),
                ("returned_on", models.DateField(blank=True, null=True, verbose_name="退款日期")),
                (
                    "slip_number",
                    models.CharField(blank=True, max_length=60, verbose_name="银行流水号"),
                ),
                (
                    "declared_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="登记时间"),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
            ],
            options={
                "verbose_name": "要退回的转款",
                "verbose_name_plural": "要退回的转款",
            },
        ),
        migrations.AddField(
            model_name="share",
            name="arrived_amount",
            field=core.money.MoneyField(
                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="实际到账"
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("arrived_amount__isnull", True),
                    models.Q(("arrived_amount__gt", 0), ("delivered_on__isnull", True)),
                    _connector="OR",
                ),
                name="lending_share_arrived_in_part",
            ),
        ),
        migrations.AddField(
            model_name="handback",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="确认人",
            ),
        ),
        migrations.AddField(
            model_name="handback",
            name="share",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hand_back",
                to="lending.share",
                verbose_name="出借份额",
            ),
        ),
        migrations.AddField(
            model_name="handback",
            name="slip",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="转账凭证",
            ),
        ),
        migrations.AddConstraint(
            model_name="handback",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="lending_handback_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="handback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("declared_at__isnull", True),
                        ("returned_on__isnull", True),
                        ("slip_number", ""),
                    ),
                    models.Q(
                        ("declared_at__isnull", False),
                        ("returned_on__isnull", False),
                        models.Q(("slip_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="lending_handback_declared_whole",
                violation_error_message="要有退款日期和银行流水号。",
            ),
        ),
        migrations.AddConstraint(
            model_name="handback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "returned"),
                    models.Q(("declared_at__isnull", True), ("state", "owed")),
                    models.Q(("declared_at__isnull", False), ("state", "declared")),
                    _connector="OR",
                ),
                name="lending_handback_state_declared",
            ),
        ),
        migrations.AddConstraint(
            model_name="handback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="lending_handback_closed_by_paired",
                violation_error_message="时间和经手人要一起填写。",
            ),
        ),
        migrations.AddConstraint(
            model_name="handback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state", "returned")),
                    models.Q(
                        models.Q(("state", "returned"), _negated=True), ("closed_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="lending_handback_returned_closed",
            ),
        ),
    ]
