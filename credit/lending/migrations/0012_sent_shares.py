from django.db import migrations, models


class Migration(migrations.Migration):
    """Transfers that wait for the borrower's word are found without the whole book."""

    dependencies = [
        ("lending", "0011_payee_account"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="share",
            index=models.Index(
                condition=models.Q(("state", "sent")), fields=["loan"], name="lending_share_sent"
            ),
        ),
    ]
