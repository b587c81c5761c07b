"""What is told about consents on paper: to the member what was recorded, to the officer what was not."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.utils.translation import gettext_lazy as _

from cooperative.consent.models import Channel, Consent, PaperConsent
from cooperative.consent.rules.purposes import purpose_of
from cooperative.membership.services.telling import addressee_of
from cooperative.notices.kinds import register_kind
from cooperative.notices.services import notify, to_account
from core.dates import business_date
from core.sentences import filled

GIVEN = "consent.paper_given"
REJECTED = "consent.paper_rejected"
WITHDRAWN = "consent.withdrawn_for_you"


def register() -> None:
    """Declare the kinds of notices; called once from ``AppConfig.ready``."""
    register_kind(GIVEN, _("纸面授权已登记"), sms=True)
    register_kind(REJECTED, _("纸面授权没有通过"))
    register_kind(WITHDRAWN, _("授权已代您撤回"), sms=True)


def tell_given(paper: PaperConsent, consent: Consent, *, at: datetime) -> None:
    """Tell the member what now counts, who recorded and who confirmed it, and how to end it."""
    said = {
        "purpose": partial(str, purpose_of(paper.purpose).title),
        "recipient": paper.recipient.name,
        "signed": paper.signed_on,
        "until": business_date(consent.valid_until),
        "made": str(paper.made_by),
        "checked": str(paper.checked_by),
        "contact": paper.recipient.contact,
    }
    notify(
        to=addressee_of(paper.member),
        kind=GIVEN,
        title=filled(_("您签字的“%(purpose)s”授权已经登记，从今天起有效"), **said),
        body=filled(
            _(
                "给%(recipient)s，您 %(signed)s 签的字，%(made)s登记，%(checked)s复核，有效到 %(until)s。"
                "想停随时可以撤回：在“我的授权”里点撤回，或者告诉%(contact)s。没有签过的，也请马上说。"
            ),
            **said,
        ),
        sms=filled(
            _(
                "您签字的“%(purpose)s”授权已由%(made)s登记、%(checked)s复核，今天起有效。"
                "想停随时可以撤回，没有签过请马上联系%(contact)s。"
            ),
            **said,
        ),
        link=f"/my-data/consents/{consent.pk}/",
        subject=consent,
        scope=paper.union.path,
        at=at,
    )


def tell_rejected(paper: PaperConsent, *, at: datetime) -> None:
    """Tell the officer who recorded a sheet why it does not count, to have it put right."""
    notify(
        to=to_account(paper.made_by),
        kind=REJECTED,
        title=filled(
            _("您登记的一份“%(purpose)s”纸面授权没有通过"),
            purpose=partial(str, purpose_of(paper.purpose).title),
        ),
        body=filled(
            _("%(checked)s说：%(reason)s。改好以后可以再登记一次。"),
            checked=str(paper.checked_by),
            reason=paper.remark.rstrip("。"),
        ),
        link=f"/admin/consent/paperconsent/{paper.pk}/change/",
        subject=paper,
        scope=paper.union.path,
        at=at,
    )


def tell_withdrawn(consent: Consent, *, at: datetime) -> None:
    """Tell the member that an officer ended a consent for them, and how to give it again."""
    said = {
        "purpose": partial(str, purpose_of(consent.purpose).title),
        "how": partial(str, Channel(consent.withdrawn_channel).label),
        "by": str(consent.withdrawn_by),
        "reason": consent.withdrawn_reason.rstrip("。"),
        "contact": consent.recipient.contact,
    }
    notify(
        to=addressee_of(consent.member),
        kind=WITHDRAWN,
        title=filled(_("“%(purpose)s”授权已经替您撤回，马上生效"), **said),
        body=filled(
            _(
                "%(by)s登记的，方式：%(how)s，原因：%(reason)s。"
                "不是您的意思，请联系%(contact)s，想给随时可以再给。"
            ),
            **said,
        ),
        sms=filled(
            _("“%(purpose)s”授权已由%(by)s替您撤回，马上生效。不是您的意思，请联系%(contact)s。"),
            **said,
        ),
        link=f"/my-data/consents/{consent.pk}/",
        subject=consent,
        scope=consent.recipient.union.path if consent.recipient.union else "",
        at=at,
    )
