"""A member's credit report, free of charge, as PDF for people and as JSON for machines.

The JSON (schema ``sanwei.score-report/1``): ``schema``, ``generated_at``, ``member.id``; ``score``
with ``as_of``, ``confirmed_on``, ``total``, ``grade``, ``limit``, ``vetoes[]``; ``card`` with
``number``, ``title``, ``source``; ``parts[]``, ``reasons[]``, ``inputs[]``, ``history[]``;
``override`` (null, or ``grade``, ``limit``, ``reason``, ``until``) and ``objections[]``. Numbers
are strings, dates ISO. Keys are only ever added under the same version.

Source: Credit Reporting Regulation art. 17; PIPL arts. 24, 45.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.consent.services.disclosures import record_own_export
from cooperative.consent.services.exporting import Copy
from cooperative.membership.models import Member
from core import audit
from core.dates import BUSINESS_ZONE, business_date
from core.documents import issue_document
from core.formats import format_day, format_number, format_yuan_short
from credit.scoring.pages.inputs import inputs_of
from credit.scoring.pages.score import limit_lines
from credit.scoring.pages.texts import points_words
from credit.scoring.rules import reasons
from credit.scoring.rules.explaining import limit_steps, parts_of
from credit.scoring.selectors.objections import objections_of
from credit.scoring.selectors.scores import ReadScore, read_score, scores_of
from credit.scoring.selectors.standing import standings_of

SCHEMA = "sanwei.score-report/1"
REPORT = "score_report"
SCORE = "score"


def report_json(*, member: Member, by: Any, at: datetime, address: str | None = None) -> Copy:
    """The report for machines; the caller has seen that there is a current score."""
    with transaction.atomic():
        _record(member, "json", by, at, address)
        data = _plain(member, _reads(member), at)
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return Copy(text.encode(), "application/json", f"credit-report-{business_date(at)}.json")


def report_pdf(*, member: Member, by: Any, at: datetime, address: str | None = None) -> Copy:
    """The report for people: numbered, hashed, to be verified by anybody who holds it."""
    with transaction.atomic():
        _record(member, "pdf", by, at, address)
        issued = issue_document(
            template_name=REPORT,
            kind=REPORT,
            title=_("信用报告"),
            data=_on_paper(member, _reads(member), at),
            at=at,
        )
        audit.record("document.issued", issued.record, by=by, at=at, kind=REPORT)
    return Copy(issued.pdf, "application/pdf", f"credit-report-{business_date(at)}.pdf")


def _record(member: Member, kind: str, by: Any, at: datetime, address: str | None) -> None:
    record_own_export(
        member=member, by=by, file_kind=kind, at=at, address=address, categories=[SCORE]
    )


def _reads(member: Member) -> list[ReadScore]:
    return [read_score(row) for row in scores_of(member)]


def _plain(member: Member, reads: list[ReadScore], at: datetime) -> dict[str, Any]:
    now = reads[0]
    return {
        "schema": SCHEMA,
        "generated_at": at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
        "member": {"id": member.pk},
        "score": {**_score(now), "confirmed_on": now.row.confirmed_on.isoformat()},
        "card": {
            "number": now.row.scorecard.number,
            "title": now.card.title,
            "source": now.card.source,
        },
        "parts": [
            {
                "code": one.code,
                "title": one.title,
                "group": one.group,
                "points": format(one.points, "f"),
                "best": format(one.best, "f"),
                "text": one.text,
            }
            for one in parts_of(now.card, now.inputs, now.result)
        ],
        "reasons": [
            {"code": one.code, "text": one.text, "advice": one.advice}
            for one in reasons(now.card, now.inputs, now.result)
        ],
        "inputs": [
            {
                "code": one.code,
                "title": str(one.title),
                "unit": str(one.unit),
                "meaning": str(one.meaning),
                "value": _text(one.value),
            }
            for one in inputs_of(now)
        ],
        "history": [_score(read) for read in reads],
        "override": _override(member, at),
        "objections": [
            {
                "about": row.about,
                "state": row.state,
                "raised_at": row.raised_at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
                "due_on": row.due_on.isoformat(),
                "words": row.words,
                "answer": row.answer,
                "statement": row.statement,
            }
            for row in objections_of(member)
        ],
    }


def _override(member: Member, at: datetime) -> dict[str, Any] | None:
    held = standings_of([member.pk], business_date(at))[member.pk]
    if held.override is None:
        return None
    return {
        "grade": held.grade,
        "limit": format(held.limit, "f"),
        "reason": held.override.reason,
        "until": held.override.ends_on.isoformat(),
    }


def _score(read: ReadScore) -> dict[str, Any]:
    ended = read.row.superseded_on
    return {
        "as_of": read.row.as_of.isoformat(),
        "until": ended.isoformat() if ended else None,
        "total": format(read.result.total, "f"),
        "grade": read.grade.title,
        "limit": format(read.result.limit, "f"),
        "vetoes": list(read.result.vetoes),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _on_paper(member: Member, reads: list[ReadScore], at: datetime) -> dict[str, Any]:
    now = reads[0]
    whys = reasons(now.card, now.inputs, now.result)
    return {
        "facts": [*_facts(member, now), *_override_facts(member, at)],
        "parts_title": _("每一项得几分"),
        "part_headings": [_("项目"), _("情况"), _("得分")],
        "parts": [
            [one.title, one.text, f"{format_number(one.points)} / {format_number(one.best)}"]
            for one in parts_of(now.card, now.inputs, now.result)
        ],
        "reasons_title": _("主要扣在哪里，怎么能加上去"),
        "reasons": [
            [
                one.title,
                points_words(one.points, one.best) if one.best else "",
                one.text,
                one.advice,
            ]
            for one in whys
        ],
        "limit_title": _("额度怎么来的"),
        "limit": [[label, value] for label, value in _limit(now)],
        "inputs_title": _("用了哪些数"),
        "input_headings": [_("项目"), _("数"), _("怎么来的")],
        "inputs": [[one.title, one.shown, one.meaning] for one in inputs_of(now)],
        "history_title": _("历次评分"),
        "history_headings": [_("从哪天起"), _("信用分"), _("等级"), _("额度（元）")],
        "history": [
            [
                format_day(read.row.as_of),
                format_number(read.result.total),
                read.grade.title,
                format_yuan_short(read.result.limit),
            ]
            for read in reads
        ],
        "objections_title": _("本人的异议和声明"),
        "objection_headings": [_("提出"), _("本人的话"), _("书面答复"), _("本人声明")],
        "objections": [
            [
                format_day(business_date(row.raised_at)),
                row.words,
                row.answer or row.get_state_display(),
                row.statement or "—",
            ]
            for row in objections_of(member)
        ],
        "nothing": _("没有。"),
        "note": _(
            "这份报告只给您本人，不收钱，随时可以再要。哪里不对，可以在平台上提出异议，二十天内书面答复。"
            "它是工会内部的评议，不是征信机构的信用报告，也不是任何人的担保或承诺。"
        ),
    }


def _override_facts(member: Member, at: datetime) -> list[list[Any]]:
    held = standings_of([member.pk], business_date(at))[member.pk]
    if held.override is None:
        return []
    words = _("%(grade)s 级，额度 %(limit)s 元，到 %(day)s 为止。%(reason)s") % {
        "grade": held.grade,
        "limit": format_yuan_short(held.limit),
        "day": format_day(held.override.ends_on),
        "reason": held.override.reason,
    }
    return [[_("工会由人调整为"), words]]


def _limit(read: ReadScore) -> list[tuple[Any, str]]:
    return limit_lines(limit_steps(read.card, read.inputs, read.result))


def _facts(member: Member, now: ReadScore) -> list[list[Any]]:
    card = now.row.scorecard
    return [
        [_("姓名"), member.name],
        [_("信用分"), _("%(total)s 分，满分 100 分") % {"total": format_number(now.result.total)}],
        [_("等级"), now.grade.title],
        [_("信用额度"), _("%(amount)s 元") % {"amount": format_yuan_short(now.result.limit)}],
        [_("从哪天起"), format_day(now.row.as_of)],
        [_("最近核对"), format_day(now.row.confirmed_on)],
        [
            _("评分卡"),
            _("%(title)s，第 %(number)s 版") % {"title": card.title, "number": card.number},
        ],
        [_("评分卡的依据"), card.source],
    ]
