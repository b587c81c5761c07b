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
    sql="""
        SELECT year.member_id, count(*)::numeric AS income_years,
            CASE WHEN count(*) FILTER (WHERE recent) >= 2
                AND avg(net) FILTER (WHERE recent) > 0
                THEN round(greatest(min(net) FILTER (WHERE recent), 0)
                    / avg(net) FILTER (WHERE recent), 4) END AS income_stability,
            greatest((array_agg(operating ORDER BY year DESC))[1], 0) AS operating_income
        FROM (
            SELECT income.member_id, income.year,
                income.year >= extract(year FROM %(day)s::date) - 3 AS recent,
                sum(income.amount - coalesce(income.costs, 0)) AS net,
                coalesce(sum(income.amount - coalesce(income.costs, 0))
                    FILTER (WHERE income.source NOT IN ('wages', 'subsidies')), 0) AS operating
            FROM farming_yearlyincome income
            WHERE income.state = 'confirmed' AND {chunk}
                AND income.year BETWEEN extract(year FROM %(day)s::date) - 4
                    AND extract(year FROM %(day)s::date)
            GROUP BY income.member_id, income.year
        ) year
        GROUP BY year.member_id
    """,
    # by time: a new year begins; on 1 January all are scored anyway
    changed=changed_by_deeds("farming.yearlyincome"),
)
