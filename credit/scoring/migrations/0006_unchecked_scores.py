"""Scores point at members and cards that are kept for good: no check a row (a quarter of a night)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0003_scored_by_index"),
        ("scoring", "0005_panels_fixed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="score",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="scores",
                to="membership.member",
                verbose_name="成员",
            ),
        ),
        migrations.AlterField(
            model_name="score",
            name="scorecard",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="scores",
                to="scoring.scorecard",
                verbose_name="评分卡",
            ),
        ),
    ]
