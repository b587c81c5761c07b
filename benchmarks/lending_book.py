"""A large book of running loans, written set-based into a scratch database.

Every loan has two or three lenders and six monthly instalments; one in twenty loans has paid
nothing. ``NIGHT`` is an ordinary night: a thirtieth of the book is due. On the night after it,
``WORST``, every loan is due, and on the one after that none has paid.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

NIGHT = date(2026, 9, 10)
WORST = NIGHT + timedelta(days=1)
LATE_LOANS = 20
LOANS_OF_A_UNION = 200
MEMBERS_OF_A_UNION = 100

_PEOPLE = """
INSERT INTO accounts_user (id, password, name, phone, is_active, language, large_type, created_at,
    must_change_password, username)
VALUES (1000000, '', '经办', '', true, 'zh-hans', false, now(), false, 'bench');
INSERT INTO membership_division (code, name, level) VALUES ('230113001', '第一乡', 'township');
INSERT INTO membership_union (id, code, name, level, path, approval_number, filing_number,
    office_phone, division_id)
SELECT u, 'B' || u, '第' || u || '工会', 'grassroots', 'B' || u || '/', '', '', '', '230113001'
FROM generate_series(1, %(unions)s) u;
INSERT INTO membership_member (id, kind, name, identity_number, identity_index, contact_name, phone,
    created_at)
SELECT m, 'person', '成员' || m, 'x', lpad(to_hex(m), 64, '0'), '', '', now()
FROM generate_series(1, %(unions)s * %(members)s) m;
INSERT INTO membership_membership (id, ground, source, state, applied_at, admitted_on,
    waiting_ends_on, reason, member_id, union_id)
SELECT m, 'cooperative_member', 'roster', 'admitted', now(), '2021-01-01', '2021-07-01', '', m,
    1 + (m - 1) / %(members)s
FROM generate_series(1, %(unions)s * %(members)s) m;
"""

# Loan l of union u belongs to its member l mod 100; its day in the month is l mod 30.
_LOANS = """
INSERT INTO lending_loanrequest (id, purpose, purpose_note, amount, term_months, method, custom_due,
    highest_rate, rate, wanted_on, payee, payee_name, account_holder, account_bank, account_number,
    own_use_declared_at, state, submitted_at,
    expires_on, reason, membership_id, convened_by_id, convened_at)
SELECT l, 'seed', '', 12000, 6, 'equal_principal', '[]', 0.08, 0.06, %(night)s, 'borrower', '',
    '', '', '', now(), 'contracted', now(), %(night)s, '',
    ((l - 1) / %(of_union)s) * %(members)s + 1 + l %% %(members)s, 1000000, now()
FROM generate_series(1, %(loans)s) l;
INSERT INTO lending_loan (id, number, principal, annual_rate, overdue_rate, method, terms, ends_on,
    payee, payee_name, sealed_contract, contract_sha256, state, drawn_at, signed_at, deliver_by,
    sign_by, reason, drawn_by_id, membership_id, union_id, request_id)
SELECT l, 'B' || l, 12000, 0.06, 0.06, 'equal_principal', '{}', %(night)s::date + 91 + l %% 30,
    'borrower', '', repeat('x', 300), repeat('0', 64), 'active', now(), now(), %(night)s, %(night)s, '', 1000000,
    ((l - 1) / %(of_union)s) * %(members)s + 1 + l %% %(members)s,
    1 + (l - 1) / %(of_union)s, l
FROM generate_series(1, %(loans)s) l;
"""

_SHARES = """
INSERT INTO lending_share (id, amount, state, sent_on, slip_number, receipt_number, sent_at, note,
    delivered_on,
    formed_at, annual_rate, principal_outstanding, principal_paid, interest_paid,
    overdue_interest_paid, costs_paid, unallocated, written_off, next_due_on, overdue_since, bucket,
    events_count, loan_id, membership_id)
SELECT row_number() OVER (ORDER BY l, lender), amount, 'formed', first_on, 'B' || l, '', now(), '', first_on, now(), 0.06,
    amount - paid * (amount / 6), paid * (amount / 6), 0, 0, 0, 0, 0,
    CASE WHEN late THEN first_on + 30 WHEN paid = 1 THEN %(night)s::date ELSE %(worst)s END,
    CASE WHEN late THEN first_on + 30 END,
    CASE WHEN NOT late THEN 'current'
         WHEN %(night)s::date - 1 - first_on - 30 > 30 THEN 'days_31_60' ELSE 'days_1_30' END,
    3, l, ((l - 1) / %(of_union)s) * %(members)s + 1 + (l + lender) %% %(members)s
FROM (
    SELECT l, lender, 12000.00 / (2 + l %% 2) AS amount, %(night)s::date - 89 + (l %% 30) AS first_on,
        l %% %(late)s = 0 AS late,
        CASE WHEN l %% %(late)s = 0 THEN 0 WHEN l %% 30 = 29 THEN 1 ELSE 2 END AS paid
    FROM generate_series(1, %(loans)s) l, generate_series(1, 2 + l %% 2) lender
    ORDER BY l, lender
) book;
INSERT INTO lending_instalment (number, from_on, due_on, principal, interest, principal_paid,
    interest_paid, settled_on, share_id)
SELECT n, due_on - 30, due_on, amount / 6, 30.00,
    CASE WHEN n <= paid THEN amount / 6 ELSE 0 END, CASE WHEN n <= paid THEN 30 ELSE 0 END,
    CASE WHEN n <= paid THEN due_on END, id
FROM (
    SELECT s.id, s.amount, n, round(s.principal_paid / (s.amount / 6)) AS paid,
        CASE WHEN n = 3 THEN %(worst)s::date ELSE s.delivered_on + 30 * n END AS due_on
    FROM lending_share s, generate_series(1, 6) n
    ORDER BY s.id, n
) book;
"""


# What the nights change, as it was: so that a night can be measured again.
_REMEMBERED = """
ALTER TABLE lending_share ADD COLUMN bench_bucket varchar(10), ADD COLUMN bench_since date;
UPDATE lending_share SET bench_bucket = bucket, bench_since = overdue_since;
"""


def write_book(loans: int) -> int:
    """Write so many loans as they stand before the close of ``NIGHT``; the number of shares."""
    return _write(loans, NIGHT, WORST)


def write_small_book(loans: int, start: date) -> int:
    """So many loans that never pay, due first on one of the 30 days after ``start``."""
    shares = _write(loans, start, start + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lending_share SET next_due_on = %s::date + 1 + (loan_id %% 30)::int,"
            " bucket = 'current', overdue_since = NULL, bench_bucket = 'current',"
            " bench_since = NULL",
            [start],
        )
    return shares


def _write(loans: int, night: date, worst: date) -> int:
    figures = {
        "loans": loans,
        "unions": -(-loans // LOANS_OF_A_UNION),
        "of_union": LOANS_OF_A_UNION,
        "members": MEMBERS_OF_A_UNION,
        "late": LATE_LOANS,
        "night": night,
        "worst": worst,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        # The rows are right; looking each key up again would take most of the time.
        cursor.execute("SET session_replication_role = replica")
        for statements in (_PEOPLE, _LOANS, _SHARES, _REMEMBERED):
            cursor.execute(statements, figures)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM FULL lending_share")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM lending_share")
        (shares,) = cursor.fetchone()
    return int(shares)
