from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER consent_disclosure_append_only BEFORE UPDATE OR DELETE ON consent_disclosure
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""

# I12: nothing is disclosed on the strength of a consent that is not live, or is narrower.
LIVE_CONSENT = """
CREATE FUNCTION consent_refuse_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.basis = 'consent' AND NOT EXISTS (
        SELECT FROM consent_consent c
        WHERE c.id = NEW.consent_id
          AND c.member_id = NEW.member_id
          AND c.recipient_id = NEW.recipient_id
          AND c.purpose = NEW.purpose
          AND c.categories @> NEW.categories
          AND c.withdrawn_at IS NULL
          AND c.given_at <= NEW.at
          AND c.valid_until > NEW.at
    ) THEN
        RAISE EXCEPTION 'consent % is not live for this disclosure', NEW.consent_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_disclosure_consent_live';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_disclosure_consent_live BEFORE INSERT ON consent_disclosure
    FOR EACH ROW EXECUTE FUNCTION consent_refuse_disclosure();
"""

# A consent is only ever ended, once; a published text is never changed.
ONLY_ENDED = """
CREATE FUNCTION consent_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
       OR to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawn_channel',
                                'withdrawn_address']
          IS DISTINCT FROM
          to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawn_channel',
                                'withdrawn_address'] THEN
        RAISE EXCEPTION 'a consent is only ended, never rewritten'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_consent_only_ended BEFORE UPDATE OR DELETE ON consent_consent
    FOR EACH ROW EXECUTE FUNCTION consent_refuse_rewriting();
"""
PUBLISHED = """
CREATE TRIGGER consent_consenttext_published BEFORE UPDATE OR DELETE ON consent_consenttext
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    """Triggers that only refuse: live consent, append-only disclosures, immutable texts."""

    dependencies = [("consent", "0001_consent"), ("core", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            APPEND_ONLY, "DROP TRIGGER consent_disclosure_append_only ON consent_disclosure;"
        ),
        migrations.RunSQL(
            LIVE_CONSENT,
            "DROP TRIGGER consent_disclosure_consent_live ON consent_disclosure;"
            "DROP FUNCTION consent_refuse_disclosure();",
        ),
        migrations.RunSQL(
            ONLY_ENDED,
            "DROP TRIGGER consent_consent_only_ended ON consent_consent;"
            "DROP FUNCTION consent_refuse_rewriting();",
        ),
        migrations.RunSQL(
            PUBLISHED, "DROP TRIGGER consent_consenttext_published ON consent_consenttext;"
        ),
    ]
