from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, Q

import core.crypto

FUNCTION = """
CREATE FUNCTION lending_contractcopy_check_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sealed_pdf = '' AND EXISTS (
        SELECT FROM lending_loan
        WHERE id = NEW.loan_id AND contract_erased_at IS NOT NULL
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a contract is kept until its loan says that it is erased'
        USING ERRCODE = 'restrict_violation';
END $$;
"""
# The content of a copy goes with its loan's, and neither comes back. That a loan's content goes only
# together with the date, and not before the years of limitation, is for the constraints.
COPY = """
CREATE TRIGGER lending_contractcopy_erased BEFORE UPDATE ON lending_contractcopy
    FOR EACH ROW WHEN ((OLD.sealed_pdf = '') IS DISTINCT FROM (NEW.sealed_pdf = ''))
    EXECUTE FUNCTION lending_contractcopy_check_erased();
"""
ONCE = """
CREATE TRIGGER lending_loan_erased_once BEFORE UPDATE ON lending_loan
    FOR EACH ROW WHEN (OLD.contract_erased_at IS NOT NULL
        AND OLD.contract_erased_at IS DISTINCT FROM NEW.contract_erased_at)
    EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    """A contract whose years of keeping are over is erased, content and copies, and only then."""

    dependencies = [("lending", "0013_transfer_differs"), ("core", "0002_append_only")]

    operations = [
        migrations.AddField(
            "loan",
            "contract_erased_at",
            models.DateTimeField(blank=True, null=True, verbose_name="合同内容删除时间"),
        ),
        migrations.AlterField(
            "loan",
            "sealed_contract",
            core.crypto.SealedTextField(blank=True, verbose_name="合同内容"),
        ),
        migrations.AlterField(
            "contractcopy",
            "sealed_pdf",
            core.crypto.SealedTextField(blank=True, verbose_name="文件"),
        ),
        migrations.AddConstraint(
            "loan",
            models.CheckConstraint(
                name="lending_loan_erased_in_time",
                condition=Q(contract_erased_at__isnull=True)
                | Q(
                    ended_at__isnull=False,
                    contract_erased_at__gte=F("ended_at") + timedelta(days=1095),
                ),
            ),
        ),
        migrations.AddConstraint(
            "loan",
            models.CheckConstraint(
                name="lending_loan_content_or_erased",
                condition=Q(contract_erased_at__isnull=True) & ~Q(sealed_contract="")
                | Q(contract_erased_at__isnull=False, sealed_contract=""),
            ),
        ),
        migrations.RunSQL(
            FUNCTION + COPY,
            "DROP TRIGGER lending_contractcopy_erased ON lending_contractcopy; "
            "DROP FUNCTION lending_contractcopy_check_erased();",
        ),
        migrations.RunSQL(ONCE, "DROP TRIGGER lending_loan_erased_once ON lending_loan;"),
    ]
