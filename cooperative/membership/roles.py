"""The one table of what each role may do. A permission is ``<area>.<verb>``."""

from __future__ import annotations

from collections.abc import Mapping

CONVENER = "convener"
REVIEWER = "reviewer"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"

# Every officer of a union sees its people and what was done.
_READ = frozenset(
    {
        "member.view",
        "household.view",
        "membership.view",
        "ballot.view",
        "cooperative.view",
        "union.view",
        "post.view",
        "roster.view",
        "fact.view",
        "consent.view",
        "disclosure.view",
        "data_request.view",
        "notice.view",
        "ledger.view",
        "parameter.view",
        "job.view",
        "audit.view",
        "loan.view",
        "score.view",
    }
)

PERMISSIONS: Mapping[str, frozenset[str]] = {
    CONVENER: _READ
    | {
        "member.reveal",
        "member.edit",
        "household.edit",
        "ballot.record",
        "cooperative.edit",
        "roster.upload",
        "fact.edit",
        "fact.confirm",
        "data_request.answer",
        "consent.record",
        "consent.withdraw",
        "notice.send",
        "lpr.propose",
        "loan.convene",
        "panel_review.call",
        "override.propose",
        "objection.answer",
    },
    REVIEWER: _READ
    | {
        "member.reveal",
        "ballot.confirm",
        "membership.suspend",
        "roster.confirm",
        "fact.confirm",
        "data_request.confirm",
        "consent.confirm",
        "consent.withdraw",
        "parameter.confirm",
        "lpr.confirm",
        "loan.approve",
        "scorecard.approve",
        "override.confirm",
        "objection.answer",
    },
    AUDITOR: _READ,
    ADMINISTRATOR: _READ
    | {
        "union.edit",
        "cooperative.edit",
        "post.appoint",
        "post.confirm",
        "parameter.propose",
        "parameter.confirm",
        "account.unlock",
        "consent_text.propose",
        "consent_text.publish",
        "lpr.propose",
        "lpr.confirm",
        "scorecard.propose",
        "scorecard.approve",
    },
}


def allows(role: str, permission: str) -> bool:
    """Whether a role carries a permission.

    Raises:
        KeyError: a permission that no role has: a typing error must not read as a refusal.
    """
    if not any(permission in granted for granted in PERMISSIONS.values()):
        raise KeyError(permission)
    return permission in PERMISSIONS[role]


def roles_with(permission: str) -> list[str]:
    """The roles that carry a permission, in table order.

    Raises:
        KeyError: a permission that no role has.
    """
    roles = [role for role, granted in PERMISSIONS.items() if permission in granted]
    if not roles:
        raise KeyError(permission)
    return roles
