from django.db import migrations, models


class Migration(migrations.Migration):
    """A file's bytes may be erased while its row and hash stay."""

    dependencies = [
        ("core", "0005_deeds_by_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="删除时间"),
        ),
    ]
