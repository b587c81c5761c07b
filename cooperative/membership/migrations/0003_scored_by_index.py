"""What a night of scores reads of memberships stands in their indexes; anniversaries are found."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0002_roster"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_membership_one_live",
        ),
        migrations.AlterField(
            model_name="membership",
            name="member",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="membership.member",
                verbose_name="成员",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["member"], include=("id",), name="membership_by_member"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["admitted_on"], name="membership_by_admission"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "admitted",
                            "applied",
                            "balloted",
                            "suspended",
                        ],
                    )
                ),
                fields=("member", "union"),
                include=("state", "admitted_on"),
                name="membership_membership_one_live",
                violation_error_message="这位成员在本工会已有会籍。",
            ),
        ),
    ]
