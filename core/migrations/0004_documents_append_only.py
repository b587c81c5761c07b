from django.db import migrations

TRIGGER = """
CREATE TRIGGER core_documentrecord_append_only BEFORE UPDATE OR DELETE ON core_documentrecord
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    """What was issued stays issued."""

    dependencies = [("core", "0003_documents")]

    operations = [
        migrations.RunSQL(
            TRIGGER, "DROP TRIGGER core_documentrecord_append_only ON core_documentrecord;"
        ),
    ]
