"""What overrides and objections tell the apps below, once, when the site starts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cooperative.consent.personal_data import register_personal_data
from cooperative.consent.rules.purposes import Purpose, register_purpose
from cooperative.membership.desk import register_waiting
from cooperative.membership.marks import register_mark
from core.files import register_file_purpose
from credit.scoring import evidence, personal_data
from credit.scoring.desk import corrections_waiting
from credit.scoring.selectors.objections import members_objecting
from credit.scoring.services import telling

LOOK = "score_review"


def register() -> None:
    """Called by ``registrations.register``."""
    telling.register()
    register_purpose(Purpose(LOOK, _("核对信用分、办理异议"), needs_consent=False))
    register_file_purpose(evidence.PURPOSE, evidence.may_see)
    register_mark(_("本人对信用分提出异议，正在办理"), members_objecting)
    register_waiting(corrections_waiting)
    register_personal_data(
        "scoring", _("信用评分"), personal_data.collect, personal_data.erase, position=55
    )
