from django.db import migrations, models

CAUSES = [
    ("wrong_amount", "金额有误"),
    ("wrong_day", "日期有误"),
    ("wrong_party", "收付人有误"),
    ("not_arrived", "款项没有到账"),
    ("twice", "重复记账"),
    ("other", "其他原因"),
]


class Migration(migrations.Migration):
    """Why a payment was reversed, as the books say it; what was reversed before stands there as "other"."""

    dependencies = [
        ("lending", "0015_costs"),
    ]

    operations = [
        migrations.AddField(
            model_name="repayment",
            name="reversal_cause",
            field=models.CharField(
                blank=True, choices=CAUSES, max_length=20, verbose_name="冲正原因"
            ),
        ),
        migrations.AlterField(
            model_name="repayment",
            name="reversal_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="冲正说明"),
        ),
        migrations.RunSQL(
            "UPDATE lending_repayment SET reversal_cause = 'other'"
            " WHERE reversal_proposed_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="repayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reversal_cause", ""), ("reversal_proposed_at__isnull", True)),
                    models.Q(
                        ("reversal_proposed_at__isnull", False),
                        models.Q(("reversal_cause", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="lending_repayment_reversal_caused",
                violation_error_message="冲正要写明原因。",
            ),
        ),
    ]
