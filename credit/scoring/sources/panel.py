"""From panels of neighbours: the mean of the latest review that still holds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from credit.scoring.indicators import Indicator, Source

PANEL = Source(
    code="scoring.panel",
    indicators=(
        Indicator(
            "panel_mean",
            _("邻里评议平均分"),
            _("分"),
            _(
                "最近一次、还算数的邻里评议：评议人不记名打 1 到 6 分，去掉两头的分再平均。"
                "人数不够的不算。来自邻里评议。"
            ),
        ),
    ),
    member="subject.member_id",
    sql="""
        SELECT DISTINCT ON (subject.member_id) subject.member_id, subject.mean AS panel_mean
        FROM scoring_panelsubject subject
        WHERE subject.outcome = 'rated' AND subject.decided_on <= %(day)s::date
            AND subject.holds_until > %(day)s::date AND {chunk}
        ORDER BY subject.member_id, subject.decided_on DESC, subject.id DESC
    """,
    # by time: a result that runs out, or one whose day has come; by a deed: a panel that closed
    changed="""
        SELECT subject.member_id FROM scoring_panelsubject subject
        WHERE (subject.holds_until > %(after)s::date AND subject.holds_until <= %(day)s::date)
            OR (subject.decided_on > %(after)s::date AND subject.decided_on <= %(day)s::date)
        UNION
        SELECT subject.member_id FROM scoring_panelsubject subject
        JOIN scoring_panelreview panel ON panel.id = subject.panel_id
        WHERE panel.ended_at > %(since)s
    """,
)
