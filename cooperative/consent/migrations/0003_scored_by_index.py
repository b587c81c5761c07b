"""What a night of scores reads of consents stands in their indexes; so does what changed of them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0002_guards"),
        ("membership", "0003_scored_by_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="consent",
            name="consent_by_member",
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                fields=["member", "-given_at"],
                include=("purpose", "valid_until", "withdrawn_at"),
                name="consent_by_member",
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["given_at"], name="consent_by_beginning"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["valid_until"], name="consent_by_term"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", False)),
                fields=["withdrawn_at"],
                name="consent_by_withdrawal",
            ),
        ),
    ]
