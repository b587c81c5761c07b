import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One word for one thing: slips of transfers, and pledges that nobody needed in the end."""

    dependencies = [
        ("core", "0004_documents_append_only"),
        ("lending", "0016_reversal_cause"),
    ]

    operations = [
        migrations.AlterField(
            model_name="pledge",
            name="state",
            field=models.CharField(
                choices=[
                    ("invited", "等回话"),
                    ("pledged", "答应了"),
                    ("contracted", "已写进合同"),
                    ("declined", "这次不借"),
                    ("lapsed", "没有用上"),
                ],
                default="invited",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="repayment",
            name="slip",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="转账凭证",
            ),
        ),
        migrations.AlterField(
            model_name="share",
            name="slip",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="转账凭证",
            ),
        ),
    ]
