"""Grades only while a panel is open; what a panel found stays as it was found."""

from django.db import migrations

# One panel, open, and two different members. A grade goes only together with the person it is of.
RATING = """
CREATE FUNCTION scoring_panelrating_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given scoring_panelrating;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM scoring_panelsubject
                   WHERE id = OLD.subject_id AND outcome = 'erased') THEN
            RETURN OLD;
        END IF;
        given := OLD;
    ELSE
        given := NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.seat_id, OLD.subject_id) <> (NEW.seat_id, NEW.subject_id)
        OR NOT EXISTS (
            SELECT FROM scoring_panelseat seat
            JOIN scoring_panelsubject subject ON subject.panel_id = seat.panel_id
                AND subject.member_id <> seat.member_id
            JOIN scoring_panelreview panel ON panel.id = seat.panel_id AND panel.state = 'open'
            WHERE seat.id = given.seat_id AND subject.id = given.subject_id
        ) THEN
        RAISE EXCEPTION 'a grade is given by a rater of an open panel to another member of it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN given;
END $$;
CREATE TRIGGER scoring_panelrating_while_open
BEFORE INSERT OR UPDATE OR DELETE ON scoring_panelrating
FOR EACH ROW EXECUTE FUNCTION scoring_panelrating_check();
"""
NO_RATING = """
DROP TRIGGER scoring_panelrating_while_open ON scoring_panelrating;
DROP FUNCTION scoring_panelrating_check();
"""
# A result is only ever emptied, when the member has their data erased.
SUBJECT = """
CREATE TRIGGER scoring_panelsubject_fixed BEFORE UPDATE ON scoring_panelsubject
FOR EACH ROW WHEN (OLD.outcome <> 'waiting' AND (NEW.outcome <> 'erased'
    OR (OLD.panel_id, OLD.member_id) <> (NEW.panel_id, NEW.member_id)))
EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER scoring_panelsubject_kept BEFORE DELETE ON scoring_panelsubject
FOR EACH ROW WHEN (OLD.outcome <> 'waiting') EXECUTE FUNCTION core_refuse_change();
"""
NO_SUBJECT = """
DROP TRIGGER scoring_panelsubject_fixed ON scoring_panelsubject;
DROP TRIGGER scoring_panelsubject_kept ON scoring_panelsubject;
"""
SEAT = """
CREATE FUNCTION scoring_panelseat_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM scoring_panelreview
               WHERE id = OLD.panel_id AND state IN ('closed', 'cancelled')) THEN
        RAISE EXCEPTION 'who rated stays as it was when the panel ended'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scoring_panelseat_fixed BEFORE UPDATE OR DELETE ON scoring_panelseat
FOR EACH ROW EXECUTE FUNCTION scoring_panelseat_check();
"""
NO_SEAT = """
DROP TRIGGER scoring_panelseat_fixed ON scoring_panelseat;
DROP FUNCTION scoring_panelseat_check();
"""
PANEL = """
CREATE TRIGGER scoring_panelreview_fixed BEFORE UPDATE OR DELETE ON scoring_panelreview
FOR EACH ROW WHEN (OLD.state IN ('closed', 'cancelled')) EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0004_panels"), ("core", "0002_append_only")]

    operations = [
        migrations.RunSQL(RATING, NO_RATING),
        migrations.RunSQL(SUBJECT, NO_SUBJECT),
        migrations.RunSQL(SEAT, NO_SEAT),
        migrations.RunSQL(PANEL, "DROP TRIGGER scoring_panelreview_fixed ON scoring_panelreview;"),
    ]
