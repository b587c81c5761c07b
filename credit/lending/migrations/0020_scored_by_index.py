"""What a night of scores reads of loans stands in their indexes; so do events since a moment."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_deeds_by_time"),
        ("lending", "0019_hand_backs"),
        ("membership", "0003_scored_by_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="instalment",
            name="lending_instalment_number_once",
        ),
        migrations.RemoveConstraint(
            model_name="share",
            name="lending_share_once",
        ),
        migrations.RemoveIndex(
            model_name="loan",
            name="lending_loan_of_member",
        ),
        migrations.AlterField(
            model_name="share",
            name="loan",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="lending.loan",
                verbose_name="互助借款",
            ),
        ),
        migrations.AddIndex(
            model_name="loan",
            index=models.Index(
                fields=["membership", "state"], include=("id",), name="lending_loan_of_member"
            ),
        ),
        migrations.AddIndex(
            model_name="loanevent",
            index=models.Index(fields=["at"], name="lending_loanevent_since"),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.UniqueConstraint(
                fields=("share", "number"),
                include=("due_on", "settled_on"),
                name="lending_instalment_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(
                fields=("loan", "membership"),
                include=("id", "state", "next_due_on", "principal_outstanding"),
                name="lending_share_once",
            ),
        ),
    ]
