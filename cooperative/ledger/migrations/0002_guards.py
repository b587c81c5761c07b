from django.db import migrations

TABLES = ("account", "entry", "posting", "evidence")

# I3: nothing is changed or removed.
APPEND_ONLY = """
CREATE TRIGGER ledger_{table}_append_only BEFORE UPDATE OR DELETE ON ledger_{table}
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER ledger_{table}_never_emptied BEFORE TRUNCATE ON ledger_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER ledger_{table}_never_emptied ON ledger_{table};
DROP TRIGGER ledger_{table}_append_only ON ledger_{table};
"""

# A chain only ever grows, and at the end of the transaction it ends in the entry it names.
CHAIN = """
CREATE FUNCTION ledger_refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.subject_type_id, NEW.subject_id)
       IS DISTINCT FROM (OLD.id, OLD.subject_type_id, OLD.subject_id)
       OR NEW.length < OLD.length OR NEW.evidence_length < OLD.evidence_length
       OR (NEW.length = OLD.length AND NEW.head <> OLD.head)
       OR (NEW.evidence_length = OLD.evidence_length AND NEW.evidence_head <> OLD.evidence_head)
    THEN
        RAISE EXCEPTION 'chain % only grows', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_chain_only_grows BEFORE UPDATE ON ledger_chain
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_shrinking();
CREATE TRIGGER ledger_chain_kept BEFORE DELETE ON ledger_chain
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER ledger_chain_never_emptied BEFORE TRUNCATE ON ledger_chain
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();

CREATE FUNCTION ledger_check_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_chain c
        JOIN ledger_entry e
          ON e.chain_id = c.id AND e.sequence = c.length AND e.hash = c.head
        WHERE c.id = NEW.id AND (c.evidence_length = 0 OR EXISTS (
            SELECT FROM ledger_evidence v
            WHERE v.chain_id = c.id AND v.sequence = c.evidence_length
              AND v.hash = c.evidence_head))
    ) THEN
        RAISE EXCEPTION 'chain % does not end as it says', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_chain_ends_as_it_says';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_chain_ends_as_it_says AFTER INSERT OR UPDATE ON ledger_chain
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_chain();
"""
NO_CHAIN = """
DROP TRIGGER ledger_chain_ends_as_it_says ON ledger_chain;
DROP FUNCTION ledger_check_chain();
DROP TRIGGER ledger_chain_never_emptied ON ledger_chain;
DROP TRIGGER ledger_chain_kept ON ledger_chain;
DROP TRIGGER ledger_chain_only_grows ON ledger_chain;
DROP FUNCTION ledger_refuse_shrinking();
"""

# An entry continues the chain of its subject; a reversal takes back an earlier entry of it.
CONTINUITY = """
CREATE FUNCTION ledger_check_continuity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken bigint;
BEGIN
    SELECT n.id INTO broken FROM new_rows n
    WHERE n.previous_hash IS DISTINCT FROM CASE n.sequence WHEN 1 THEN repeat('0', 64) ELSE (
        SELECT p.hash FROM ledger_entry p
        WHERE p.chain_id = n.chain_id AND p.sequence = n.sequence - 1) END
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not continue its chain', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_continues_chain';
    END IF;
    SELECT n.id INTO broken FROM new_rows n
    WHERE n.reverses_id IS NOT NULL AND (
        SELECT r.id FROM ledger_entry r
        WHERE r.id = n.reverses_id AND r.chain_id = n.chain_id AND r.sequence < n.sequence
          AND r.reverses_id IS NULL) IS NULL
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % takes back what it cannot', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_reverses_earlier';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_continues_chain AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_continuity();

CREATE FUNCTION ledger_check_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken bigint;
BEGIN
    SELECT n.id INTO broken FROM new_rows n
    WHERE n.chain_id IS DISTINCT FROM (
            SELECT e.chain_id FROM ledger_entry e WHERE e.id = n.entry_id)
       OR n.file_sha256 IS DISTINCT FROM (
            SELECT f.sha256 FROM core_storedfile f WHERE f.id = n.file_id)
       OR n.previous_hash IS DISTINCT FROM CASE n.sequence WHEN 1 THEN repeat('0', 64) ELSE (
            SELECT p.hash FROM ledger_evidence p
            WHERE p.chain_id = n.chain_id AND p.sequence = n.sequence - 1) END
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'evidence % does not continue its chain', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_evidence_continues_chain';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_evidence_continues_chain AFTER INSERT ON ledger_evidence
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_evidence();
"""
NO_CONTINUITY = """
DROP TRIGGER ledger_evidence_continues_chain ON ledger_evidence;
DROP FUNCTION ledger_check_evidence();
DROP TRIGGER ledger_entry_continues_chain ON ledger_entry;
DROP FUNCTION ledger_check_continuity();
"""

# I2. All postings of an entry come in one statement, and it must balance for each holder. So it is
# checked once for any number of entries, and nothing can be added to an entry afterwards.
BALANCE = """
CREATE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken bigint;
BEGIN
    SELECT n.entry_id INTO broken
    FROM (SELECT entry_id, count(*) AS lines FROM new_rows GROUP BY entry_id) n
    WHERE n.lines <> (SELECT count(*) FROM ledger_posting p WHERE p.entry_id = n.entry_id)
       OR (SELECT e.id FROM ledger_entry e WHERE e.id = n.entry_id) IS NULL
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is closed', broken
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_posting_all_at_once';
    END IF;
    SELECT n.entry_id INTO broken
    FROM (
        SELECT r.entry_id, r.debit, r.credit,
            (SELECT a.holder FROM ledger_account a WHERE a.id = r.account_id) AS holder
        FROM new_rows r
    ) n
    GROUP BY n.entry_id, n.holder HAVING sum(n.debit) <> sum(n.credit)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_balances';
    END IF;
    SELECT n.entry_id INTO broken
    FROM (
        SELECT r.entry_id,
            (SELECT e.reverses_id FROM ledger_entry e WHERE e.id = r.entry_id) AS reverses_id
        FROM (SELECT DISTINCT entry_id FROM new_rows) r
    ) n
    WHERE n.reverses_id IS NOT NULL AND (
        SELECT array_agg(ROW(p.account_id, p.debit, p.credit) ORDER BY p.account_id, p.debit, p.credit)
        FROM ledger_posting p WHERE p.entry_id = n.entry_id
    ) IS DISTINCT FROM (
        SELECT array_agg(ROW(p.account_id, p.credit, p.debit) ORDER BY p.account_id, p.credit, p.debit)
        FROM ledger_posting p WHERE p.entry_id = n.reverses_id
    )
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not mirror what it takes back', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_mirrors';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();
"""
NO_BALANCE = """
DROP TRIGGER ledger_posting_balances ON ledger_posting;
DROP FUNCTION ledger_check_postings();
"""

# At the end of the transaction an entry has its postings and its chain counts it.
WHOLE = """
CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_posting p WHERE p.entry_id = NEW.id) OR NOT EXISTS (
        SELECT FROM ledger_chain c WHERE c.id = NEW.chain_id AND c.length >= NEW.sequence
    ) THEN
        RAISE EXCEPTION 'entry % is not whole', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_whole AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();

CREATE FUNCTION ledger_check_evidence_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_chain c
        WHERE c.id = NEW.chain_id AND c.evidence_length >= NEW.sequence
    ) THEN
        RAISE EXCEPTION 'evidence % is not counted', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_evidence_counted';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_evidence_counted AFTER INSERT ON ledger_evidence
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_evidence_counted();
"""
NOT_WHOLE = """
DROP TRIGGER ledger_evidence_counted ON ledger_evidence;
DROP FUNCTION ledger_check_evidence_counted();
DROP TRIGGER ledger_entry_whole ON ledger_entry;
DROP FUNCTION ledger_check_entry();
"""


# Plans are kept for the session: made for one row, they must stay good for ten thousand, and the
# other way round. So what is looked up stands in a scalar subquery, which is never turned into a
# join, and finds its row by index.
CHECKS = (
    "ledger_check_chain",
    "ledger_check_continuity",
    "ledger_check_evidence",
    "ledger_check_postings",
    "ledger_check_entry",
    "ledger_check_evidence_counted",
)
BY_INDEX = "ALTER FUNCTION {check}() SET enable_seqscan = off;"


class Migration(migrations.Migration):
    """Triggers that only refuse: balance for each holder, append-only, unbroken chains."""

    dependencies = [("ledger", "0001_ledger"), ("core", "0002_append_only")]

    operations = [
        *(
            migrations.RunSQL(APPEND_ONLY.format(table=table), NOT_APPEND_ONLY.format(table=table))
            for table in TABLES
        ),
        migrations.RunSQL(CHAIN, NO_CHAIN),
        migrations.RunSQL(CONTINUITY, NO_CONTINUITY),
        migrations.RunSQL(BALANCE, NO_BALANCE),
        migrations.RunSQL(WHOLE, NOT_WHOLE),
        *(
            migrations.RunSQL(BY_INDEX.format(check=check), migrations.RunSQL.noop)
            for check in CHECKS
        ),
    ]
