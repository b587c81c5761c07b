"""What mutual loans say of a borrower, for scoring."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from credit.scoring.indicators import Indicator, Source, register_source

# By time: what a night marked, and what was due the day before; by a write: what was recorded of a
# share. A share that is due today is late, or paid in time, only tomorrow.
_CHANGED = """
    SELECT borrower.member_id
    FROM (
        SELECT DISTINCT share.loan_id
        FROM (
            SELECT mark.share_id FROM lending_nightmark mark
            WHERE mark."on" >= %(after)s::date AND mark."on" <= %(day)s::date
                AND (mark.kind <> 'due' OR mark."on" < %(day)s::date)
            UNION
            SELECT event.share_id FROM lending_loanevent event WHERE event.at > %(since)s
        ) touched
        CROSS JOIN LATERAL (
            SELECT share.loan_id FROM lending_share share WHERE share.id = touched.share_id
            OFFSET 0  -- one by one from the index, never the whole table
        ) share
    ) touched
    JOIN lending_loan loan ON loan.id = touched.loan_id
    JOIN membership_membership borrower ON borrower.id = loan.membership_id
"""

LOANS = Source(
    code="lending.loans",
    indicators=(
        Indicator(
            "loans_repaid",
            _("还清的互助借款"),
            _("笔"),
            _("全部还清的互助借款有几笔。来自借款记录。"),
        ),
        Indicator(
            "overdue_days",
            _("现在逾期天数"),
            _("天"),
            _("没还的各期里，最早一期过了几天。来自借款记录。"),
        ),
        Indicator(
            "debt_to_income",
            _("负债和收入之比"),
            _("比例"),
            _("还没还的互助借款本金，是最近一年纯收入的几成；没有收入记录不算。"),
        ),
        Indicator(
            "repaid_on_time_share",
            _("按时还款的比例"),
            _("比例"),
            _("近三年到期的各期里，按时还上的占几成。来自还款记录。"),
        ),
    ),
    member="borrower.member_id",
    sql="""
        SELECT loans.member_id, loans.loans_repaid, loans.overdue_days,
            CASE WHEN income.net > 0 THEN round(loans.debt / income.net, 4) END AS debt_to_income,
            round(loans.in_time / nullif(loans.due, 0), 4) AS repaid_on_time_share
        FROM (
            SELECT borrower.member_id,
                (count(DISTINCT loan.id) FILTER (WHERE loan.state = 'settled'))::numeric
                    AS loans_repaid,
                coalesce(max(%(day)s::date - share.next_due_on)
                    FILTER (WHERE share.state = 'formed' AND share.next_due_on < %(day)s::date), 0
                )::numeric AS overdue_days,
                coalesce(sum(share.principal_outstanding)
                    FILTER (WHERE share.state = 'formed'), 0) AS debt,
                sum(instalments.due) AS due, sum(instalments.in_time) AS in_time
            FROM membership_membership borrower
            JOIN lending_loan loan ON loan.membership_id = borrower.id
            JOIN lending_share share ON share.loan_id = loan.id
            CROSS JOIN LATERAL (
                SELECT count(*) AS due,
                    count(*) FILTER (WHERE instalment.settled_on <= instalment.due_on) AS in_time
                FROM lending_instalment instalment
                WHERE instalment.share_id = share.id AND instalment.due_on < %(day)s::date
                    AND instalment.due_on >= (%(day)s::date - interval '36 months')::date
            ) instalments
            WHERE share.state IN ('formed', 'settled', 'written_off') AND {chunk}
            GROUP BY borrower.member_id
        ) loans
        LEFT JOIN LATERAL (
            SELECT sum(income.amount - coalesce(income.costs, 0)) AS net
            FROM farming_yearlyincome income
            WHERE income.member_id = loans.member_id AND income.state = 'confirmed'
            GROUP BY income.year ORDER BY income.year DESC LIMIT 1
        ) income ON true
    """,
    changed=_CHANGED,
)


def register() -> None:
    """Called by ``registrations.register``."""
    register_source(LOANS)
