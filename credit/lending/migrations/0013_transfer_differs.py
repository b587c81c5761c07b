from django.db import migrations, models


class Migration(migrations.Migration):
    """A disputed transfer may also have come as another sum: its word says no more than that."""

    dependencies = [
        ("lending", "0012_sent_shares"),
    ]

    operations = [
        migrations.AlterField(
            model_name="share",
            name="state",
            field=models.CharField(
                choices=[
                    ("agreed", "等转款"),
                    ("sent", "已转款，等确认"),
                    ("disputed", "转款有出入"),
                    ("formed", "借款成立"),
                    ("settled", "已还清"),
                    ("written_off", "已核销"),
                    ("lapsed", "没有转款"),
                ],
                default="agreed",
                max_length=12,
                verbose_name="状态",
            ),
        ),
    ]
