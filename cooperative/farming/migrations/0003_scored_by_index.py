"""What a night of scores reads of facts stands in their indexes; so does what came to its end."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_deeds_by_time"),
        ("farming", "0002_crops_and_queue"),
        ("membership", "0003_scored_by_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="yearlyincome",
            name="farming_yearlyincome_confirmed_once",
        ),
        migrations.RemoveIndex(
            model_name="asset",
            name="farming_asset_of_member",
        ),
        migrations.RemoveIndex(
            model_name="plot",
            name="farming_plot_of_member",
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                fields=["member", "state"],
                include=("value", "ended_on"),
                name="farming_asset_of_member",
            ),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", False)),
                fields=["ended_on"],
                name="farming_asset_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="plot",
            index=models.Index(
                fields=["member", "state"],
                include=("area_mu", "ended_on", "rented_until"),
                name="farming_plot_of_member",
            ),
        ),
        migrations.AddIndex(
            model_name="plot",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", False)),
                fields=["ended_on"],
                name="farming_plot_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="plot",
            index=models.Index(
                condition=models.Q(("rented_until__isnull", False)),
                fields=["rented_until"],
                name="farming_plot_rented_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="yearlyincome",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "confirmed")),
                fields=("member", "year", "source"),
                include=("amount", "costs"),
                name="farming_yearlyincome_confirmed_once",
            ),
        ),
    ]
