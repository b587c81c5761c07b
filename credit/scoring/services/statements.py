"""The one statement that scores a chunk: facts in, points, total, grade and limit out.

Facts are read by the sources of the indicators that the card uses, joined by member. A current score
of the same card and the same inputs is confirmed; another one is superseded by a new row; that of a
member who belongs to no union any more, or does not agree to be scored, ends.

A score may be replaced by another writer meanwhile (``services.rescoring``). Whoever comes second waits
for the row, finds that it is no longer current, and leaves the newer one as it is. A score of a later
day stands too: a night that is made good is not news.

Source: PIPL arts. 13, 24; 征信业管理条例 art. 13: nobody is scored who has not agreed.
"""

from __future__ import annotations

from functools import lru_cache

from credit.scoring.indicators import Source, sources_of
from credit.scoring.models import Scorecard
from credit.scoring.rules.card import Card, card_from_json
from credit.scoring.rules.compiling import column, compile_card

_RANGE = "({member} >= %(first)s AND {member} < %(last)s)"
# Named once: a list of thousands beside each source takes longer to plan than to score. In order,
# so that neighbours in an index are looked up one after another.
_LIST = "{member} IN (SELECT DISTINCT member_id FROM wanted ORDER BY member_id)"
_WANTED = "wanted AS MATERIALIZED (SELECT unnest(%(members)s::bigint[]) AS member_id), "

# OFFSET 0 keeps PostgreSQL from computing an earlier step again in each later one, and lets it see
# that a chunk of memberships and the same chunk of consents are the same members: else it takes
# them to be a hundredth of a hundredth.
_SCORES = """
WITH {wanted}{sources},
subject AS (
    SELECT DISTINCT belonging.member_id FROM (
        SELECT membership.member_id FROM membership_membership membership
        WHERE membership.state IN ('admitted', 'suspended')
            AND membership.admitted_on <= %(day)s::date AND {chunk}
        OFFSET 0
    ) belonging JOIN (
        SELECT agreed.member_id FROM consent_consent agreed
        WHERE agreed.purpose = %(purpose)s AND agreed.given_at <= %(moment)s
            AND agreed.valid_until > %(moment)s
            AND (agreed.withdrawn_at IS NULL OR agreed.withdrawn_at > %(moment)s)
            AND {agreed_chunk}
        OFFSET 0
    ) agreed ON agreed.member_id = belonging.member_id
),
facts AS (SELECT subject.member_id, {columns} FROM subject {joins} OFFSET 0),
pointed AS (SELECT facts.*, {points}, {vetoes} AS vetoes FROM facts OFFSET 0),
summed AS (SELECT pointed.*, {total} AS total FROM pointed OFFSET 0),
graded AS (SELECT summed.*, {grade} AS grade FROM summed OFFSET 0),
scored AS (
    SELECT member_id, ARRAY[{inputs}] AS inputs, ARRAY[{names}] AS points, total, vetoes, grade,
        {limit} AS limit_amount
    FROM graded
)"""

_WRITE = """,
compared AS MATERIALIZED (
    SELECT coalesce(scored.member_id, old.member_id) AS member_id, scored.inputs, scored.points,
        scored.total, scored.vetoes, scored.grade, scored.limit_amount, old.id AS old_id,
        old.confirmed_on AS old_confirmed_on,
        scored.member_id IS NOT NULL AS scored,
        coalesce(old.scorecard_id = %(card)s AND old.inputs = scored.inputs
            OR old.confirmed_on > %(day)s, false) AS same
    FROM scored FULL JOIN (
        SELECT id, member_id, scorecard_id, inputs, confirmed_on FROM scoring_score old
        WHERE superseded_on IS NULL AND {old_chunk}
    ) old ON old.member_id = scored.member_id
),
confirmed AS (
    UPDATE scoring_score SET confirmed_on = %(day)s
    WHERE id = ANY(ARRAY(SELECT old_id FROM compared WHERE same AND old_confirmed_on < %(day)s))
        AND scoring_score.superseded_on IS NULL AND confirmed_on < %(day)s
),
superseded AS (
    UPDATE scoring_score SET superseded_on = %(day)s
    WHERE id = ANY(ARRAY(SELECT old_id FROM compared WHERE old_id IS NOT NULL AND NOT same))
        AND scoring_score.superseded_on IS NULL
    RETURNING member_id
)
INSERT INTO scoring_score (member_id, scorecard_id, as_of, confirmed_on, inputs, points, total,
    vetoes, grade, limit_amount)
SELECT compared.member_id, %(card)s, %(day)s, %(day)s, inputs, points, total, vetoes, grade,
    limit_amount
FROM compared LEFT JOIN superseded ON superseded.member_id = compared.member_id
WHERE compared.scored AND NOT compared.same
    AND (compared.old_id IS NULL OR superseded.member_id IS NOT NULL)
"""

_COMPARE = """
SELECT old.grade, scored.grade, count(*),
    count(*) FILTER (WHERE scored.limit_amount > old.limit_amount),
    count(*) FILTER (WHERE scored.limit_amount < old.limit_amount),
    sum(old.total), sum(scored.total)
FROM scored LEFT JOIN scoring_score old
    ON old.member_id = scored.member_id AND old.superseded_on IS NULL
GROUP BY old.grade, scored.grade
"""


@lru_cache(maxsize=8)
def statement_of(card_id: int, *, by_range: bool) -> str:
    """The statement of a card, which never changes once it is approved.

    Its parameters: ``day``, ``card``, ``purpose`` and ``moment`` of the consent, and ``first`` and
    ``last`` of the members' keys (the last is exclusive), or the list ``members``.
    """
    card = card_from_json(Scorecard.objects.get(pk=card_id).definition)
    return build_statement(card, by_range=by_range)


def build_statement(card: Card, *, by_range: bool) -> str:
    """The same for a card that need not be stored."""
    return _built(_SCORES + _WRITE, card, by_range)


def build_comparison(card: Card) -> str:
    """What a card would make of a list of members beside the scores they have; nothing is written.

    Rows: grade now (null without a score), grade by the card, members, limits raised and lowered,
    sums of the totals now and by the card. Parameters: ``day``, ``purpose``, ``moment``, ``members``.
    """
    return _built(_SCORES + _COMPARE, card, by_range=False)


def _built(statement: str, card: Card, by_range: bool) -> str:
    place = _RANGE if by_range else _LIST
    asked = sources_of(card.indicators)
    compiled = compile_card(card, points_as="numeric(5, 2)")
    names = [f"p{number}" for number, _sql in enumerate(compiled.points)]
    return statement.format(
        wanted="" if by_range else _WANTED,
        sources=", ".join(
            f"s{number} AS ({source.sql.format(chunk=place.format(member=source.member))})"
            for number, source in enumerate(asked)
        ),
        chunk=place.format(member="membership.member_id"),
        agreed_chunk=place.format(member="agreed.member_id"),
        old_chunk=place.format(member="old.member_id"),
        columns=", ".join(_columns(card, asked)),
        joins=" ".join(
            f"LEFT JOIN s{number} ON s{number}.member_id = subject.member_id"
            for number, _source in enumerate(asked)
        ),
        points=", ".join(
            f"{sql} AS {name}" for sql, name in zip(compiled.points, names, strict=True)
        ),
        names=", ".join(names),
        inputs=", ".join(column(code) for code in card.indicators),
        total=compiled.total,
        vetoes=compiled.vetoes,
        grade=compiled.grade,
        limit=compiled.limit,
    )


def _columns(card: Card, asked: list[Source]) -> list[str]:
    """A column for each indicator of the card; one that no app knows yet is unknown."""
    of = {i.code: f"s{number}" for number, source in enumerate(asked) for i in source.indicators}
    return [
        f"{of[code]}.{column(code)}::numeric(20, 4) AS {column(code)}"
        if code in of
        else f"NULL::numeric(20, 4) AS {column(code)}"
        for code in card.indicators
    ]
