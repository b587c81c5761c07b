"""What this app tells the apps below it, once, when it is set up."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperative.consent.personal_data import register_personal_data
from cooperative.farming import evidence, personal_data, words
from cooperative.farming.access import CONFIRM
from cooperative.farming.models import QueuedFact
from cooperative.farming.services.checking import CONFIRMED_NOTICE, REFUSED_NOTICE
from cooperative.farming.services.roster import import_roster_plots
from cooperative.membership.access import unions_where
from cooperative.membership.desk import Waiting, register_waiting
from cooperative.membership.models import Member
from cooperative.membership.roster.extras import register_roster_facts
from cooperative.membership.todo import Todo, register_todo
from cooperative.notices.kinds import register_kind
from core.audit_words import register_words
from core.files import register_file_purpose


def register() -> None:
    """Declare everything; called from ``AppConfig.ready``."""
    register_words(words.AUDIT_WORDS)
    register_kind(REFUSED_NOTICE, gettext_lazy("生产情况没有通过核实"))
    register_kind(CONFIRMED_NOTICE, gettext_lazy("生产情况已核实"))
    register_file_purpose(evidence.PURPOSE, evidence.may_see)
    register_todo(returned_facts)
    register_waiting(facts_to_confirm)
    register_roster_facts(import_roster_plots)
    register_personal_data(
        "farming", gettext_lazy("生产情况"), personal_data.collect, personal_data.erase
    )


def facts_to_confirm(user: Any, today: date) -> list[Waiting]:
    """Facts that wait for this officer: of members in reach, stated by somebody else."""
    unions = unions_where(user, CONFIRM, today)
    rows = QueuedFact.objects.of_unions(unions).filter(state="stated").exclude(made_by=user)
    href = reverse("admin:farming_queuedfact_changelist") + "?state__exact=stated"
    return [Waiting(gettext_lazy("生产情况等核实"), rows.count(), href)]


def returned_facts(member: Member, today: date) -> list[Todo]:
    """Facts an officer returned wait for the member; one query."""
    count = QueuedFact.objects.filter(member=member, state="refused").count()
    if not count:
        return []
    text = _("有 %(count)s 条生产情况没有通过核实，请修改。") % {"count": count}
    return [Todo(text=text, href=reverse("my_farm"), tone="brick", icon="field")]
