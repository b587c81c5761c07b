"""The officers' panel of membership."""

from cooperative.membership.admin import (
    accounts,
    jobs,
    joining,
    ledger,
    members,
    notices,
    officers,
    organisations,
    records,
    roster,
)

__all__ = [
    "accounts",
    "jobs",
    "joining",
    "ledger",
    "members",
    "notices",
    "officers",
    "organisations",
    "records",
    "roster",
]
