from django.db import migrations

FUNCTION = """
CREATE FUNCTION lending_mediation_check_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.summary = '已删除'
        AND (to_jsonb(NEW) - 'summary') = (to_jsonb(OLD) - 'summary')
        AND EXISTS (
            SELECT FROM lending_loan
            WHERE id = NEW.loan_id AND contract_erased_at IS NOT NULL
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGER = """
DROP TRIGGER lending_mediation_append_only ON lending_mediation;
CREATE TRIGGER lending_mediation_append_only BEFORE UPDATE OR DELETE ON lending_mediation
    FOR EACH ROW EXECUTE FUNCTION lending_mediation_check_erased();
"""
BACK = """
DROP TRIGGER lending_mediation_append_only ON lending_mediation;
DROP FUNCTION lending_mediation_check_erased();
CREATE TRIGGER lending_mediation_append_only BEFORE UPDATE OR DELETE ON lending_mediation
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    """What was said in a talk goes with the contract whose years are over, and only then."""

    dependencies = [
        ("lending", "0020_scored_by_index"),
        ("core", "0006_files_erased"),
    ]

    operations = [migrations.RunSQL(FUNCTION + TRIGGER, BACK)]
