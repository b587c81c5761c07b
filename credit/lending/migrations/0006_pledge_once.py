import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A contract that was called off leaves its pledges free for another."""

    dependencies = [("lending", "0005_nights")]

    operations = [
        migrations.AlterField(
            model_name="share",
            name="pledge",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="lending.pledge",
                verbose_name="出借意向",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "lapsed"), _negated=True),
                fields=("pledge",),
                name="lending_share_pledge_once",
            ),
        ),
    ]
