"""From the farm: land, things of value and income, as far as another person has confirmed them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from credit.scoring.indicators import Indicator, Source, changed_by_deeds

# By time: a plot whose lease or work ended, a thing that is gone.
_ENDED = """
        SELECT fact.member_id FROM {table} fact
        WHERE fact.ended_on >= %(after)s::date AND fact.ended_on < %(day)s::date
        UNION
"""

LAND = Source(
    code="farming.land",
    indicators=(
        Indicator(
            "land_mu",
            _("经营的土地"),
            _("亩"),
            _("自家承包和流转租入、正在种的地。来自已核实的地块。"),
        ),
    ),
    member="plot.member_id",
    sql="""
        SELECT plot.member_id, sum(plot.area_mu) AS land_mu
        FROM farming_plot plot
        WHERE plot.state = 'confirmed' AND {chunk}
            AND (plot.ended_on IS NULL OR plot.ended_on >= %(day)s::date)
            AND (plot.rented_until IS NULL OR plot.rented_until >= %(day)s::date)
        GROUP BY plot.member_id
    """,
    changed=f"""
        {_ENDED.format(table="farming_plot")}
        SELECT plot.member_id FROM farming_plot plot
        WHERE plot.rented_until >= %(after)s::date AND plot.rented_until < %(day)s::date
        UNION
        {changed_by_deeds("farming.plot")}
    """,  # noqa: S608 - no value from outside
)

ASSETS = Source(
    code="farming.assets",
    indicators=(
        Indicator(
            "assets_value",
            _("家产现值"),
            _("元"),
            _("农机具、大棚、牲畜、房屋等现在值多少钱。来自已核实的家产。"),
        ),
    ),
    member="asset.member_id",
    sql="""
        SELECT asset.member_id, sum(asset.value) AS assets_value
        FROM farming_asset asset
        WHERE asset.state = 'confirmed' AND {chunk}
            AND (asset.ended_on IS NULL OR asset.ended_on >= %(day)s::date)
        GROUP BY asset.member_id
    """,
    changed=f"""
        {_ENDED.format(table="farming_asset")}
        {changed_by_deeds("farming.asset")}
    """,
)

# A member's years as columns, from the current one (0) backwards: with one pass over the rows, which
# are most of what a night reads, it takes three quarters of what grouping them by year did.
_BY_YEAR = ", ".join(
    f"sum(row.net) FILTER (WHERE row.back = {back}) AS net{back},"
    f" sum(row.other) FILTER (WHERE row.back = {back}) AS other{back}"
    for back in range(5)
)
_ALL = ", ".join(f"years.net{back}" for back in range(5))
_RECENT = ", ".join(f"years.net{back}" for back in range(4))
# The newest year of which anything is known.
_OPERATING = ", ".join(f"years.net{back} - coalesce(years.other{back}, 0)" for back in range(5))

INCOMES = Source(
    code="farming.incomes",
    indicators=(
        Indicator(
            "income_years",
            _("有收入记录的年数"),
            _("年"),
            _("近四年里有几年的收入已经核实。来自年度收入。"),
        ),
        Indicator(
            "income_stability",
            _("收入稳定程度"),
            _("比例"),
            _("近三年里最差一年的纯收入，是平均数的几成；不足两年不算。来自年度收入。"),
        ),
        Indicator(
            "operating_income",
            _("经营纯收入"),
            _("元"),
            _("最近一年卖粮、养殖、农机作业等收入减去成本。来自年度收入。"),
        ),
    ),
    member="income.member_id",
    sql=f"""
        SELECT years.member_id, num_nonnulls({_ALL})::numeric AS income_years,
            CASE WHEN num_nonnulls({_RECENT}) >= 2 AND years.recent > 0
                THEN round(greatest(least({_RECENT}), 0)
                    / (years.recent / num_nonnulls({_RECENT})), 4) END AS income_stability,
            greatest(coalesce({_OPERATING}), 0) AS operating_income
        FROM (
            SELECT row.member_id, sum(row.net) FILTER (WHERE row.back <= 3) AS recent, {_BY_YEAR}
            FROM (
                SELECT income.member_id,
                    extract(year FROM %(day)s::date)::int - income.year AS back,
                    income.amount - coalesce(income.costs, 0) AS net,
                    CASE WHEN income.source IN ('wages', 'subsidies')
                        THEN income.amount - coalesce(income.costs, 0) END AS other
                FROM farming_yearlyincome income
                WHERE income.state = 'confirmed' AND {{chunk}}
                    AND income.year BETWEEN extract(year FROM %(day)s::date)::int - 4
                        AND extract(year FROM %(day)s::date)::int
                OFFSET 0
            ) row
            GROUP BY row.member_id
        ) years
    """,  # noqa: S608 - no value from outside
    # by time: a new year begins; on 1 January all are scored anyway
    changed=changed_by_deeds("farming.yearlyincome"),
)
