"""Members with the facts that scores are made of, written set-based into a scratch database.

Every member belongs to a union, agreed to be scored, and has five confirmed facts: a plot, a thing
of value, three years of income. One in fifty belongs to two unions. A loan for every fourth member,
two lenders each, six instalments a share: three instalments a member. Facts lie on the disk as life
brings them, year by year and in no order of members.

``write_changes`` is what one day brings to two in a hundred members: a corrected income, a plot
given up, an instalment paid, an anniversary, an instalment that falls due.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection

from core.crypto import seal
from core.dates import start_of_day

DAY = date(2026, 9, 10)
NEXT = DAY + timedelta(days=1)
MEMBERS_OF_A_UNION = 1000
LOANS_PER_MEMBER = 4  # one loan for so many members

_PEOPLE = """
INSERT INTO accounts_user (id, password, name, phone, is_active, language, large_type, created_at,
    must_change_password, username)
SELECT u, '', '经办', '', true, 'zh-hans', false, now(), false, 'bench' || u
FROM generate_series(1000000, 1000001) u;
INSERT INTO membership_division (code, name, level) VALUES ('230113001', '第一乡', 'township');
INSERT INTO membership_union (id, code, name, level, path, approval_number, filing_number,
    office_phone, division_id)
SELECT u, 'B' || u, '第' || u || '工会', 'grassroots', 'B' || u || '/', '', '', '', '230113001'
FROM generate_series(1, %(unions)s) u;
INSERT INTO membership_member (id, kind, name, identity_number, identity_index, contact_name, phone,
    created_at)
SELECT m, 'person', '成员' || m, %(sealed)s, lpad(to_hex(m), 64, '0'), '', '', %(before)s
FROM generate_series(1, %(members)s) m;
INSERT INTO membership_membership (id, ground, source, state, applied_at, admitted_on,
    waiting_ends_on, reason, member_id, union_id)
SELECT m, 'cooperative_member', 'roster', CASE WHEN m %% 100 = 1 THEN 'suspended' ELSE 'admitted' END,
    %(before)s, day, day + 180, '', m, 1 + (m - 1) / %(of_union)s
FROM generate_series(1, %(members)s) m, LATERAL (SELECT %(day)s::date - (m * 7919::bigint %% 3650)::int AS day);
INSERT INTO membership_membership (ground, source, state, applied_at, admitted_on,
    waiting_ends_on, reason, member_id, union_id, id)
SELECT 'cooperative_member', 'roster', 'admitted', %(before)s, day, day + 180, '', m,
    1 + (m / %(of_union)s + 1) %% %(unions)s, %(members)s + m / 50
FROM generate_series(50, %(members)s, 50) m,
    LATERAL (SELECT %(day)s::date - (m * 6007::bigint %% 3650)::int AS day)
WHERE %(unions)s > 2;
"""

_CONSENTS = """
INSERT INTO consent_consenttext (id, made_at, checked_at, made_by_id, checked_by_id, purpose, version,
    title, body, means, categories, optional_categories, consequences, retention,
    automated_decision, valid_months, published_at)
VALUES (1000000, %(before)s, %(before)s, 1000000, 1000001, 'scoring', 1000, '信用评议', '评分', '自动',
    '{membership}', '{}', '不评分', '三年', '自动', 36, %(before)s);
INSERT INTO consent_recipient (id, kind, name, contact, union_id)
SELECT u, 'union', '第' || u || '工会', '电话', u FROM generate_series(1, %(unions)s) u;
INSERT INTO consent_consent (member_id, recipient_id, purpose, text_id, categories, given_at,
    given_by_id, given_channel, valid_until, withdrawn_channel, withdrawn_reason)
SELECT m, 1 + (m - 1) / %(of_union)s, 'scoring', 1000000, '{membership,facts,loans}', given,
    1000000, 'page', given + interval '3 years', '', ''
FROM generate_series(1, %(members)s) m,
    LATERAL (SELECT %(before)s::timestamptz - (hashint8(m) & 1023) * interval '12 hours' AS given)
ORDER BY given, m;
"""

_FACTS = """
INSERT INTO farming_plot (made_at, checked_at, origin, state, reason, member_id, made_by_id,
    checked_by_id, local_name, area_mu, tenure, rented_until, land)
SELECT %(before)s, %(before)s, 'officer', 'confirmed', '', m, 1000000, 1000001, '东头地',
    (3 + m * 31 %% 60)::numeric, CASE WHEN m %% 20 = 0 THEN 'rented_in' ELSE 'contracted' END,
    CASE WHEN m %% 20 = 0 THEN %(day)s::date + (m %% 1000)::int + 2 END, 'dry'
FROM generate_series(1, %(members)s) m ORDER BY hashint8(m);
INSERT INTO farming_asset (made_at, checked_at, origin, state, reason, member_id, made_by_id,
    checked_by_id, kind, name, quantity, value)
SELECT %(before)s, %(before)s, 'officer', 'confirmed', '', m, 1000000, 1000001, 'machine', '拖拉机',
    1, 1000 * (m * 17 %% 90)
FROM generate_series(1, %(members)s) m ORDER BY hashint8(m + 1);
INSERT INTO farming_yearlyincome (made_at, checked_at, origin, state, reason, member_id, made_by_id,
    checked_by_id, year, source, amount, costs)
SELECT %(before)s, %(before)s, 'officer', 'confirmed', '', m, 1000000, 1000001, year, 'grain',
    20000 + 1000 * ((m * 13 + year * 7) %% 80), CASE WHEN m %% 3 > 0 THEN 8000 END
FROM generate_series(1, %(members)s) m, generate_series(2023, 2025) year
ORDER BY year, hashint8(m + year);
"""

_DEEDS = """
INSERT INTO core_auditrow (subject_type_id, subject_id, scope, action, facts, by_id, at)
SELECT kind.id, fact.id, 'B' || 1 + (fact.member_id - 1) / %(of_union)s || '/', 'fact.confirmed', '{{}}',
    1000001, %(before)s
FROM farming_{model} fact, django_content_type kind
WHERE kind.app_label = 'farming' AND kind.model = '{model}';
"""

# Six loans in ten are paid back; of the others one in ten never paid and is late.
_LOANS = """
CREATE TEMPORARY TABLE book AS
SELECT l, borrower, 1 + (borrower - 1) / %(of_union)s AS union_id, settled, first_on, late,
    CASE WHEN settled THEN 6 WHEN late THEN 0
        ELSE greatest(0, (%(day)s::date - 1 - first_on) / 30) END AS paid
FROM (
    SELECT l, 1 + abs(hashint8(l)::bigint) %% %(members)s AS borrower, l %% 10 < 6 AS settled,
        l %% 40 = 7 AS late,
        %(day)s::date - CASE WHEN l %% 10 < 6 THEN 210 + (l %% 900)::int ELSE 1 + (l / 10 %% 150)::int END
            AS first_on
    FROM generate_series(1, %(loans)s) l
) drawn;
INSERT INTO lending_loanrequest (id, purpose, purpose_note, amount, term_months, method, custom_due,
    highest_rate, rate, wanted_on, payee, payee_name, account_holder, account_bank, account_number,
    own_use_declared_at, state, submitted_at,
    expires_on, reason, membership_id, convened_by_id, convened_at)
SELECT l, 'seed', '', 12000, 6, 'equal_principal', '[]', 0.08, 0.06, first_on, 'borrower', '',
    '', '', '', %(before)s, 'contracted', %(before)s, first_on, '', borrower, 1000000, %(before)s
FROM book;
INSERT INTO lending_loan (id, number, principal, annual_rate, overdue_rate, method, terms, ends_on,
    payee, payee_name, sealed_contract, contract_sha256, state, drawn_at, signed_at, deliver_by,
    sign_by, reason, drawn_by_id, membership_id, union_id, request_id, ended_at)
SELECT l, 'B' || l, 12000, 0.06, 0.06, 'equal_principal', '{}', first_on + 180, 'borrower', '',
    repeat('x', 300), repeat('0', 64), CASE WHEN settled THEN 'settled' ELSE 'active' END,
    %(before)s, %(before)s, first_on, first_on, '', 1000000, borrower, union_id, l,
    CASE WHEN settled THEN (first_on + 180)::timestamptz END
FROM book;
INSERT INTO lending_share (id, amount, state, sent_on, slip_number, receipt_number, sent_at, note,
    delivered_on, formed_at, annual_rate, principal_outstanding, principal_paid, interest_paid,
    overdue_interest_paid, costs_paid, unallocated, written_off, next_due_on, overdue_since, bucket,
    events_count, settled_on, loan_id, membership_id)
SELECT 2 * l - 2 + lender, 6000, CASE WHEN settled THEN 'settled' ELSE 'formed' END, first_on,
    'B' || l, '', %(before)s, '', first_on, %(before)s, 0.06, 6000 - 1000 * paid, 1000 * paid,
    30 * paid, 0, 0, 0, 0, CASE WHEN NOT settled THEN next_on END,
    CASE WHEN late AND late_days > 0 THEN next_on END,
    CASE WHEN NOT late OR late_days <= 0 THEN 'current' WHEN late_days <= 30 THEN 'days_1_30'
        WHEN late_days <= 60 THEN 'days_31_60' WHEN late_days <= 90 THEN 'days_61_90'
        ELSE 'over_90' END,
    2, CASE WHEN settled THEN first_on + 180 END, l,
    %(of_union)s * (union_id - 1) + 1 + (borrower - 1 + 37 * lender) %% %(of_union)s
FROM book, generate_series(1, 2) lender, LATERAL (SELECT first_on + 30 * (paid + 1) AS next_on) one,
    LATERAL (SELECT %(day)s::date - 1 - next_on AS late_days) other
ORDER BY l, lender;
INSERT INTO lending_instalment (number, from_on, due_on, principal, interest, principal_paid,
    interest_paid, settled_on, share_id)
SELECT n, first_on + 30 * (n - 1), first_on + 30 * n, 1000, 30,
    CASE WHEN n <= paid THEN 1000 ELSE 0 END, CASE WHEN n <= paid THEN 30 ELSE 0 END,
    CASE WHEN n <= paid THEN first_on + 30 * n + CASE WHEN l %% 7 = 0 AND n = 3 THEN 12 ELSE 0 END END,
    2 * l - 2 + lender
FROM book, generate_series(1, 2) lender, generate_series(1, 6) n
ORDER BY l, lender, n;
"""

# The payments of a share are one here. Marks of the last two months.
_EVENTS = """
INSERT INTO lending_loanevent (share_id, sequence, kind, "on", amount, facts, by_id, at)
SELECT share.id, 1, 'delivered', delivered_on, amount, '{}', 1000000, %(before)s
FROM lending_share share;
INSERT INTO lending_repayment (share_id, key, amount, paid_on, slip_number, state,
    declared_side, declared_by_id, declared_at, confirmed_by_id, confirmed_at, dispute, resolution,
    reversal_cause, reversal_reason, costs, overdue_interest, interest, principal, unallocated,
    receipt_number)
SELECT share.id, gen_random_uuid(), principal_paid + interest_paid,
    delivered_on + 180, '', 'confirmed', 'borrower', 1000000, %(before)s, 1000001, %(before)s, '', '',
    '', '', 0, 0, interest_paid, principal_paid, 0, ''
FROM lending_share share WHERE principal_paid > 0;
INSERT INTO lending_loanevent (share_id, sequence, kind, "on", amount, facts, by_id, at,
    repayment_id)
SELECT share_id, 2, 'paid', paid_on, amount, '{}', 1000000, %(before)s, id FROM lending_repayment;
INSERT INTO lending_nightmark ("on", kind, share_id, outstanding, bucket)
SELECT due_on, 'due', share_id, 6000 - 1000 * (number - 1), 'current' FROM lending_instalment
WHERE due_on BETWEEN %(day)s::date - 60 AND %(day)s::date;
"""

_CHANGES = """
INSERT INTO lending_nightmark ("on", kind, share_id, outstanding, bucket)
SELECT due_on, 'due', share_id, 6000 - 1000 * (number - 1), 'current' FROM lending_instalment
WHERE due_on = %(next)s AND settled_on IS NULL;
CREATE TEMPORARY TABLE payer AS
SELECT share.id FROM lending_share share WHERE state = 'formed' AND next_due_on = %(day)s;
INSERT INTO lending_repayment (share_id, key, amount, paid_on, slip_number, state,
    declared_side, declared_by_id, declared_at, confirmed_by_id, confirmed_at, dispute, resolution,
    reversal_cause, reversal_reason, costs, overdue_interest, interest, principal, unallocated,
    receipt_number)
SELECT payer.id, gen_random_uuid(), 1030, %(day)s, '', 'confirmed', 'borrower', 1000000, %(at)s,
    1000001, %(at)s, '', '', '', '', 0, 0, 30, 1000, 0, '' FROM payer;
INSERT INTO lending_loanevent (share_id, sequence, kind, "on", amount, facts, by_id, at,
    repayment_id)
SELECT share_id, 3, 'paid', paid_on, amount, '{}', 1000000, %(at)s, id FROM lending_repayment
WHERE confirmed_at = %(at)s;
UPDATE lending_instalment SET principal_paid = 1000, interest_paid = 30, settled_on = %(day)s
FROM payer WHERE share_id = payer.id AND due_on = %(day)s;
UPDATE lending_share SET principal_outstanding = principal_outstanding - 1000,
    principal_paid = principal_paid + 1000, interest_paid = interest_paid + 30,
    next_due_on = next_due_on + 30, events_count = 3
FROM payer WHERE lending_share.id = payer.id;
UPDATE farming_plot SET ended_on = %(day)s WHERE member_id %% 300 = 5;
CREATE TEMPORARY TABLE corrected AS
SELECT id AS old, nextval('farming_yearlyincome_id_seq') AS new FROM farming_yearlyincome
WHERE member_id %% 96 = 7 AND year = 2025;
INSERT INTO farming_yearlyincome (id, made_at, origin, state, reason, member_id, made_by_id,
    year, source, amount, costs, corrects_id)
SELECT new, %(at)s, 'officer', 'stated', '', member_id, 1000000, year, source, amount + 5000, costs, old
FROM corrected JOIN farming_yearlyincome ON farming_yearlyincome.id = old;
UPDATE farming_yearlyincome SET state = 'replaced', replaced_by_id = new
FROM corrected WHERE farming_yearlyincome.id = old;
UPDATE farming_yearlyincome SET state = 'confirmed', checked_by_id = 1000001, checked_at = %(at)s
FROM corrected WHERE farming_yearlyincome.id = new;
INSERT INTO core_auditrow (subject_type_id, subject_id, scope, action, facts, by_id, at)
SELECT kind.id, done.id, 'B1/', done.action, '{}', 1000001, %(at)s
FROM (
    SELECT new, 'fact.confirmed', 'yearlyincome' FROM corrected
    UNION ALL SELECT old, 'fact.replaced', 'yearlyincome' FROM corrected
    UNION ALL SELECT id, 'fact.ended', 'plot' FROM farming_plot WHERE ended_on = %(day)s
) done (id, action, model)
JOIN django_content_type kind ON kind.app_label = 'farming' AND kind.model = done.model;
"""

_LARGE = (
    "membership_member",
    "membership_membership",
    "consent_consent",
    "farming_plot",
    "farming_asset",
    "farming_yearlyincome",
    "core_auditrow",
    "lending_loanrequest",
    "lending_loan",
    "lending_share",
    "lending_instalment",
    "lending_loanevent",
    "lending_repayment",
    "lending_nightmark",
)


def night(on: date) -> datetime:
    """When a date is scored."""
    return start_of_day(on) + timedelta(hours=22)


def write_book(members: int) -> None:
    """So many members with their facts, as they stand before the night of ``DAY``; analysed."""
    of_union = min(MEMBERS_OF_A_UNION, members)
    figures = {
        "members": members,
        "unions": -(-members // of_union),
        "of_union": of_union,
        "loans": members // LOANS_PER_MEMBER,
        "day": DAY,
        "sealed": seal("230102190001010000"),
        "before": start_of_day(DAY) - timedelta(days=180),
    }
    deeds = [_DEEDS.format(model=model) for model in ("plot", "asset", "yearlyincome")]
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET maintenance_work_mem = '256MB'")
        # The rows are right: no key is looked up while they are loaded, and indexes come after.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE pg_index SET indisready = false"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary",
            [list(_LARGE)],
        )
        for statements in (_PEOPLE, _CONSENTS, _FACTS, *deeds, _LOANS, _EVENTS):
            cursor.execute(statements, figures)
        for table in _LARGE:
            cursor.execute(f"REINDEX TABLE {table}")
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def write_changes(at: datetime) -> None:
    """What a day brings, told at a moment; with all keys, checks and triggers on."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(_CHANGES, {"day": DAY, "next": NEXT, "at": at})
