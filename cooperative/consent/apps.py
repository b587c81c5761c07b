"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """What a member allowed, who looked, and a member's rights over their own data."""

    name = "cooperative.consent"
    verbose_name = _("授权与个人信息")

    def ready(self) -> None:
        """Declare clocks, purposes and sections, and offer to write looks down."""
        from cooperative.consent import evidence, parameters, sections, selectors, vocabulary
        from cooperative.consent.desk import consent_waiting
        from cooperative.consent.services import paper_notices, record_look, telling
        from cooperative.membership.desk import register_waiting
        from cooperative.membership.looks import register_look_recorder
        from cooperative.membership.marks import register_mark
        from core.documents.register import register_kind
        from core.files import register_file_purpose

        parameters.register()
        vocabulary.register()
        sections.register()
        telling.register()
        paper_notices.register()
        register_file_purpose(evidence.PURPOSE, evidence.may_see)
        register_look_recorder(record_look)
        register_mark(_("本人提出更正或异议，正在办理"), selectors.marked_members)
        register_waiting(consent_waiting)
        register_kind("my_data", _("本人资料汇总"))
        register_kind("consent_sheet", _("授权书（签字用）"))
