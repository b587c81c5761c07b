"""The sheet that members sign: exactly the text in force, with its version and digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.consent.access import RECORD
from cooperative.consent.models import ConsentText, Recipient
from cooperative.consent.rules.purposes import category_title, purpose_of
from cooperative.consent.selectors import current_text, recipients_of_union
from cooperative.consent.shown import titles
from cooperative.membership.access import check_permission
from cooperative.membership.models import Union
from core import audit
from core.dates import business_date
from core.documents import content_digest, issue_document
from core.errors import NotFound

TOLD = (
    "purpose",
    "version",
    "title",
    "body",
    "means",
    "categories",
    "optional_categories",
    "consequences",
    "retention",
    "automated_decision",
    "valid_months",
)
_LINES_OF_A_LIST = 25


def issue_sheet(
    *, purpose: str, union: Union, recipient: Recipient, for_many: bool, by: Any, at: datetime
) -> bytes:
    """The printed text of a purpose with the lines to sign on, as PDF; numbered, to be verified.

    One member writes the whole identity number and may tick further kinds of data. ``for_many``
    is a list on which each sees the others: it asks for the last four digits, and for the needed
    kinds of data only.

    Raises:
        Forbidden: the officer may not record in this union.
        NotFound: no text in force, or the recipient is none of this union's.
    """
    check_permission(by, RECORD, union, business_date(at))
    text = current_text(purpose, at)
    kind = purpose_of(purpose).recipient_kind
    if text is None or not recipients_of_union(union, kind).filter(pk=recipient.pk).exists():
        raise NotFound()
    with transaction.atomic():
        issued = issue_document(
            template_name="consent_sheet",
            kind="consent_sheet",
            title=_("授权书：%(title)s") % {"title": text.title},
            data=_on_paper(text, recipient, for_many),
            at=at,
            scope=union.path,
        )
        audit.record(
            "consent_sheet.issued",
            issued.record,
            by=by,
            at=at,
            scope=union.path,
            purpose=purpose,
            version=text.version,
            recipient=recipient.pk,
        )
    return issued.pdf


def digest_of_text(text: ConsentText) -> str:
    """The digest of what a version says: the same on every sheet of that version."""
    return content_digest({name: getattr(text, name) for name in TOLD})


def _on_paper(text: ConsentText, recipient: Recipient, for_many: bool) -> dict[str, Any]:
    months = _("从签字那天起 %(months)s 个月，到期自己失效。") % {"months": text.valid_months}
    told = [
        [_("给谁"), f"{recipient.name}（{recipient.contact}）"],
        [_("做什么用"), text.body],
        [_("怎么处理"), text.means],
        [_("要用的资料"), titles(text.categories)],
        [_("保存多久"), text.retention],
        [_("不同意会怎样"), text.consequences],
        [_("自动打分"), text.automated_decision],
        [_("管多久"), months],
        [
            _("怎么撤回"),
            _("随时可以，和给一样简单：在“我的授权”里点撤回，或者告诉工会办公室，马上生效。"),
        ],
        [_("版本"), _("第 %(version)s 版") % {"version": text.version}],
    ]
    extra = [] if for_many else [category_title(code) for code in text.optional_categories]
    return {
        "told": [pair for pair in told if pair[1]],
        "text_digest": digest_of_text(text),
        "extra": extra,
        "lines": _LINES_OF_A_LIST if for_many else 0,
        "labels": {
            "digest": _("说明防改码"),
            "extra": _("另外还可以给（愿意的请打勾，不选也行）"),
            "agree": _("我看过（或听人念过）上面的话，同意。"),
            "one": [_("姓名"), _("证件号码"), _("签字日期"), _("签字")],
            "many": [_("序号"), _("姓名"), _("证件号码后四位"), _("签字日期"), _("签字或手印")],
            "many_note": _(
                "名单上大家互相看得见，所以只写证件号码的后四位。不愿意写在名单上的，可以单独签一张。"
            ),
        },
    }
