"""An approved card and what a score says stay as they were written (I11)."""

from django.db import migrations

CARD = """
CREATE TRIGGER scoring_scorecard_fixed
BEFORE UPDATE OF number, title, source, definition ON scoring_scorecard
FOR EACH ROW WHEN (OLD.state <> 'draft' AND (OLD.number, OLD.title, OLD.source, OLD.definition)
    IS DISTINCT FROM (NEW.number, NEW.title, NEW.source, NEW.definition))
EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER scoring_scorecard_kept BEFORE DELETE ON scoring_scorecard
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION core_refuse_change();
"""
# Fires only where one of these columns is written: a night that confirms does not pay for it.
SCORE = """
CREATE TRIGGER scoring_score_fixed
BEFORE UPDATE OF member_id, scorecard_id, as_of, inputs, points, total, vetoes, grade, limit_amount
ON scoring_score FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_scoring"), ("core", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            CARD,
            "DROP TRIGGER scoring_scorecard_fixed ON scoring_scorecard;"
            "DROP TRIGGER scoring_scorecard_kept ON scoring_scorecard;",
        ),
        migrations.RunSQL(SCORE, "DROP TRIGGER scoring_score_fixed ON scoring_score;"),
    ]
