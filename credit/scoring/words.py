"""What scoring's deeds are called in the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

AUDIT_WORDS = {
    "scoring.card_proposed": _("提出评分卡"),
    "scoring.card_approved": _("批准评分卡"),
    "scoring.card_activated": _("启用评分卡"),
    "scoring.card_retired": _("停用评分卡"),
}
