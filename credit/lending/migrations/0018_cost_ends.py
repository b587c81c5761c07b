import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A cost lapses with its share; two officers may take a confirmed one back."""

    dependencies = [
        ("core", "0004_documents_append_only"),
        ("lending", "0017_plain_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="cost",
            name="lending_cost_once",
        ),
        migrations.RemoveConstraint(
            model_name="cost",
            name="lending_cost_state_checked",
        ),
        migrations.AddField(
            model_name="cost",
            name="lapsed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="不再计入的时间"),
        ),
        migrations.AddField(
            model_name="cost",
            name="reversal_proposed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="撤销经办时间"),
        ),
        migrations.AddField(
            model_name="cost",
            name="reversal_proposed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤销经办人",
            ),
        ),
        migrations.AddField(
            model_name="cost",
            name="reversal_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="撤销原因"),
        ),
        migrations.AddField(
            model_name="cost",
            name="reversed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="撤销时间"),
        ),
        migrations.AddField(
            model_name="cost",
            name="reversed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤销复核人",
            ),
        ),
        migrations.AlterField(
            model_name="cost",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "等复核"),
                    ("confirmed", "已计入"),
                    ("dropped", "没有计入"),
                    ("lapsed", "不再计入"),
                    ("reversed", "已撤销"),
                ],
                default="proposed",
                max_length=10,
                verbose_name="状态",
            ),
        ),
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
                    ("cost_removed", "撤销费用"),
                ],
                max_length=12,
                verbose_name="事件",
            ),
        ),
        migrations.AddConstraint(
            model_name="cost",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["dropped", "lapsed", "reversed"]), _negated=True),
                fields=("share", "kind", "amount", "borne_on"),
                name="lending_cost_once",
                violation_error_message="这笔费用已经登记过。",
            ),
        ),
        migrations.AddConstraint(
            model_name="cost",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_at__isnull", True), ("state__in", ["proposed", "lapsed"])),
                    models.Q(
                        models.Q(("state__in", ["proposed", "lapsed"]), _negated=True),
                        ("checked_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="lending_cost_state_checked",
            ),
        ),
        migrations.AddConstraint(
            model_name="cost",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lapsed_at__isnull", False), ("state", "lapsed")),
                    models.Q(
                        models.Q(("state", "lapsed"), _negated=True), ("lapsed_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="lending_cost_lapse_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="cost",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("reversal_proposed_at__isnull", True),
                        ("reversal_proposed_by__isnull", True),
                    ),
                    models.Q(
                        ("reversal_proposed_at__isnull", False),
                        ("reversal_proposed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="lending_cost_reversal_proposed_by_paired",
                violation_error_message="时间和经手人要一起填写。",
            ),
        ),
        migrations.AddConstraint(
            model_name="cost",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reversed_at__isnull", True), ("reversed_by__isnull", True)),
                    models.Q(("reversed_at__isnull", False), ("reversed_by__isnull", False)),
                    _connector="OR",
                ),
                name="lending_cost_reversed_by_paired",
                violation_error_message="时间和经手人要一起填写。",
            ),
        ),
        migrations.AddConstraint(
            model_name="cost",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reversed_at__isnull", False), ("state", "reversed")),
                    models.Q(
                        models.Q(("state", "reversed"), _negated=True),
                        ("reversed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="lending_cost_reversed_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="cost",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reversal_proposed_at__isnull", True), ("reversal_reason", "")),
                    models.Q(
                        ("reversal_proposed_at__isnull", False),
                        ("state__in", ["confirmed", "reversed"]),
                        models.Q(("reversal_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="lending_cost_reversal_of_confirmed",
                violation_error_message="只有已计入的费用能撤销，要写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="cost",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reversed_by", models.F("reversal_proposed_by")), _negated=True
                ),
                name="lending_cost_reversal_by_two",
                violation_error_message="经办和复核必须是两个人。",
            ),
        ),
    ]
