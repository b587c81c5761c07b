from django.db import migrations

FUNCTION = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGER = """
CREATE TRIGGER core_auditrow_append_only BEFORE UPDATE OR DELETE ON core_auditrow
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    """Rows of the audit trail are never changed or removed; other append-only tables reuse the function."""

    dependencies = [("core", "0001_foundation")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION core_refuse_change();"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER core_auditrow_append_only ON core_auditrow;"),
    ]
