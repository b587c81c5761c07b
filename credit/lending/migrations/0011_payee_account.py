import core.crypto
from django.db import migrations, models


class Migration(migrations.Migration):
    """Where lenders transfer to: asked with the request, its number sealed."""

    dependencies = [
        ("lending", "0010_was_late"),
    ]

    operations = [
        migrations.AddField(
            model_name="loanrequest",
            name="account_bank",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="开户行"),
        ),
        migrations.AddField(
            model_name="loanrequest",
            name="account_holder",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="收款户名"),
        ),
        migrations.AddField(
            model_name="loanrequest",
            name="account_number",
            field=core.crypto.SealedTextField(blank=True, default="", verbose_name="收款账号"),
        ),
        migrations.AddField(
            model_name="requestdraft",
            name="account_number",
            field=core.crypto.SealedTextField(blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="loanrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("account_bank", ""), ("account_holder", ""), ("account_number", "")),
                    models.Q(
                        ("account_holder", ""),
                        ("account_bank", ""),
                        ("account_number", ""),
                        _connector="OR",
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="lending_loanrequest_account_whole",
                violation_error_message="收款户名、开户行和账号要一起填。",
            ),
        ),
    ]
