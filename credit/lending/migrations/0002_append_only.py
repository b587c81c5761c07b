from django.db import migrations

TABLES = [
    "lending_loanevent",
    "lending_signature",
    "lending_extensionconsent",
    "lending_mediation",
]


def _trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION core_refuse_change();",
        f"DROP TRIGGER {table}_append_only ON {table};",
    )


class Migration(migrations.Migration):
    """What happened, who signed, who agreed and what was said stays as it was written."""

    dependencies = [("lending", "0001_lending"), ("core", "0002_append_only")]

    operations = [_trigger(table) for table in TABLES]
