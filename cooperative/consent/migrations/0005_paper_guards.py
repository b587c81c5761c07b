from django.db import migrations

# Beside its end, the reason and the proof of a withdrawal on paper or by word may be written.
ENDS = """ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawn_channel', 'withdrawn_address',
                                'withdrawn_reason', 'withdrawn_evidence_id']"""
ENDS_BEFORE = """ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawn_channel',
                                'withdrawn_address']"""
ONLY_ENDED = """
CREATE OR REPLACE FUNCTION consent_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
       OR to_jsonb(OLD) - {columns} IS DISTINCT FROM to_jsonb(NEW) - {columns} THEN
        RAISE EXCEPTION 'a consent is only ended, never rewritten'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

# I17: no consent on paper without a sheet that two officers vouch for. Asked at commit, because
# the consent is written first and the sheet then points at it.
TWO_OFFICERS = """
CREATE FUNCTION consent_refuse_unconfirmed_paper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM consent_paperconsent p
        WHERE p.consent_id = NEW.id
          AND p.state = 'confirmed'
          AND p.member_id = NEW.member_id
          AND p.recipient_id = NEW.recipient_id
          AND p.text_id = NEW.text_id
          AND p.categories = NEW.categories
          AND p.evidence_id = NEW.evidence_id
    ) THEN
        RAISE EXCEPTION 'consent % on paper has no confirmed sheet', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_consent_paper_confirmed';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER consent_consent_paper_confirmed AFTER INSERT ON consent_consent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.given_channel = 'paper')
    EXECUTE FUNCTION consent_refuse_unconfirmed_paper();
"""
CONFIRMED = """
CREATE TRIGGER consent_paperconsent_confirmed BEFORE UPDATE OR DELETE ON consent_paperconsent
    FOR EACH ROW WHEN (OLD.state = 'confirmed') EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    """Triggers that only refuse: a consent on paper needs two officers, and then stays as it is."""

    dependencies = [("consent", "0004_paper"), ("core", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            ONLY_ENDED.replace("{columns}", ENDS), ONLY_ENDED.replace("{columns}", ENDS_BEFORE)
        ),
        migrations.RunSQL(
            TWO_OFFICERS,
            "DROP TRIGGER consent_consent_paper_confirmed ON consent_consent;"
            "DROP FUNCTION consent_refuse_unconfirmed_paper();",
        ),
        migrations.RunSQL(
            CONFIRMED, "DROP TRIGGER consent_paperconsent_confirmed ON consent_paperconsent;"
        ),
    ]
