"""What the four roles are for, and what they must never do."""

from __future__ import annotations

import pytest

from cooperative.membership import roles

WRITING = {
    code for granted in roles.PERMISSIONS.values() for code in granted if not code.endswith(".view")
}
# Whoever makes one of these never holds the permission that checks it in the same role.
MAKER_AND_CHECKER = [
    ("ballot.record", "ballot.confirm"),
    ("roster.upload", "roster.confirm"),
    ("data_request.answer", "data_request.confirm"),
]


def test_the_auditor_reads_everything_and_changes_nothing():
    everything = set().union(*roles.PERMISSIONS.values())
    assert roles.PERMISSIONS[roles.AUDITOR] == everything - WRITING


@pytest.mark.parametrize("role", sorted(roles.PERMISSIONS))
def test_every_officer_reads(role):
    assert roles.PERMISSIONS[roles.AUDITOR] <= roles.PERMISSIONS[role]


@pytest.mark.parametrize(("makes", "checks"), MAKER_AND_CHECKER)
def test_no_role_makes_and_checks(makes, checks):
    assert not set(roles.roles_with(makes)) & set(roles.roles_with(checks))


def test_an_administrator_does_not_meddle_with_members():
    mine = roles.PERMISSIONS[roles.ADMINISTRATOR]
    assert not {"member.reveal", "member.edit", "ballot.record", "ballot.confirm"} & mine


def test_a_typing_error_is_no_refusal():
    with pytest.raises(KeyError):
        roles.allows(roles.CONVENER, "member.veiw")
    with pytest.raises(KeyError):
        roles.roles_with("member.veiw")
