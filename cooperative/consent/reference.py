"""What ships with the product: legal clocks, the first texts, the unions as recipients.

Idempotent: what officers have since written stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from cooperative.consent import vocabulary
from cooperative.consent.models import ConsentText, Recipient
from cooperative.consent.parameters import REFERENCE
from cooperative.membership.models import Cooperative, Union
from core import audit
from core.parameters import load_reference_values

# Texts are content, written once in Chinese: what the member reads is what is kept.
TEXTS: list[dict[str, Any]] = [
    {
        "purpose": vocabulary.SCORING,
        "title": "信用评议",
        "body": "工会用您的资料给您评信用分和等级。借款能批多少、要不要人担保，都看这个分。",
        "means": "平台每天夜里按公开的评分表算一次，工会评议小组再看一次。结果只在本工会里用，不交给银行。",
        "categories": ["name", "membership", "crop", "land", "assets", "supply", "repayment"],
        "optional_categories": ["income"],
        "consequences": "不同意就没有信用分，在互助里借款，最多借到人人都有的基本额度。"
        "入会、团购、出借、看消息都不受影响。",
        "retention": "分数留到授权结束后 3 年，逾期记录留到还清后 5 年，到期删除。",
        "automated_decision": "分数由程序按评分表算出，每一项得几分、为什么，您都能看到。"
        "您可以要求说明，可以要求由人来评，也可以提异议，20 天内书面答复。",
        "valid_months": 24,
    },
    {
        "purpose": vocabulary.JOINT_PURCHASING,
        "title": "推荐给联合社农资采购",
        "body": "把您种什么、种多少亩告诉联合社，由联合社汇总，一起向厂家谈种子、化肥、农药的价。",
        "means": "联合社只看汇总和您这一行，用来估算数量、安排送货。不转给厂家，不用来推销。",
        "categories": ["name", "village", "crop"],
        "optional_categories": ["phone"],
        "consequences": "不同意，您的亩数就不进汇总，仍可以照常参加每一次团购。",
        "retention": "留到授权结束，汇总里的这一行随即删除。",
        "valid_months": 12,
    },
    {
        "purpose": vocabulary.AWARD_POSTING,
        "title": "村里张榜表扬",
        "body": "评上守信成员或种粮能手时，把您的名字写在村里的表扬榜上。",
        "means": "只张贴表扬名单。分数、借款、欠款都不上榜，也不发到网上。",
        "categories": ["name", "village"],
        "optional_categories": [],
        "consequences": "不同意就不上榜，评议结果和您享有的待遇一样不少。",
        "retention": "榜贴 30 天，撤榜后名单不再留。您撤回授权，工会当天把名字撤下。",
        "valid_months": 12,
    },
]


def load_reference(*, by: Any, checked_by: Any, at: datetime) -> int:
    """Clocks, texts and recipients; returns how many rows were added.

    ``by`` and ``checked_by`` are two different users: shipped figures obey four eyes too.
    """
    with transaction.atomic():
        added = load_reference_values(REFERENCE, by=by, checked_by=checked_by, at=at)
        added += _load_texts(by=by, checked_by=checked_by, at=at)
        return added + ensure_recipients(at=at)


def _load_texts(*, by: Any, checked_by: Any, at: datetime) -> int:
    known = set(ConsentText.objects.values_list("purpose", flat=True))
    fresh = [text for text in TEXTS if text["purpose"] not in known]
    for text in fresh:
        row = ConsentText.objects.create(
            version=1,
            made_by=by,
            made_at=at,
            checked_by=checked_by,
            checked_at=at,
            published_at=at,
            **text,
        )
        audit.record("consent_text.shipped", row, by=None, at=at, purpose=row.purpose)
    return len(fresh)


def ensure_recipients(*, at: datetime) -> int:
    """Make every standing grassroots union and every federation a recipient; idempotent."""
    unions = Union.objects.filter(level=Union.Level.GRASSROOTS, dissolved_on__isnull=True).exclude(
        pk__in=Recipient.objects.filter(kind="union").values("union")
    )
    federations = (
        Cooperative.objects.filter(kind=Cooperative.Kind.FEDERATION)
        .exclude(pk__in=Recipient.objects.filter(kind="federation").values("cooperative"))
        .select_related("union")
    )
    return _add(
        [
            *(
                Recipient(kind="union", name=union.name, contact=_contact(union), union=union)
                for union in unions.order_by("pk")
            ),
            *(
                Recipient(
                    kind="federation",
                    name=one.name,
                    contact=_contact(one.union),
                    union=one.union,
                    cooperative=one,
                )
                for one in federations.order_by("pk")
            ),
        ]
    )


def _contact(union: Union) -> str:
    """The office's telephone; the platform's where the union has not filed one."""
    phone = union.office_phone or settings.OFFICE_PHONE
    return f"办公室 {phone}" if phone else f"{union.name}办公室"


def _add(recipients: Iterable[Recipient]) -> int:
    return len(Recipient.objects.bulk_create(recipients, ignore_conflicts=True))
