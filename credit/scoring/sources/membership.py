"""From the roster: how long a member belongs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from credit.scoring.indicators import Indicator, Source, changed_by_deeds

MEMBERSHIPS = Source(
    code="membership.memberships",
    indicators=(
        Indicator(
            "membership_years",
            _("入会年数"),
            _("年"),
            _("从最早的、还有效的入会日期算起，满一年算一年。来自会籍登记。"),
        ),
    ),
    member="membership.member_id",
    sql="""
        SELECT membership.member_id,
            extract(year FROM age(%(day)s::date, min(membership.admitted_on))) AS membership_years
        FROM membership_membership membership
        WHERE membership.state IN ('admitted', 'suspended')
            AND membership.admitted_on <= %(day)s::date AND {chunk}
        GROUP BY membership.member_id
    """,
    # by time: on the anniversary of being admitted
    changed=f"""
        SELECT membership.member_id
        FROM generate_series(%(after)s::date + 1, %(day)s::date, interval '1 day') AS day (day)
        CROSS JOIN generate_series(1, 120) AS years (past)
        CROSS JOIN LATERAL (
            SELECT membership.member_id FROM membership_membership membership
            WHERE membership.admitted_on = (day.day - make_interval(years => years.past))::date
            OFFSET 0  -- day by day from the index; PostgreSQL expects many more and would read all
        ) membership
        UNION
        {changed_by_deeds("membership.membership")}
    """,  # noqa: S608 - no value from outside
)
