"""The officers' panel of membership."""

from cooperative.membership.admin import (
    accounts,
    jobs,
    joining,
    members,
    officers,
    organisations,
    records,
    roster,
)

__all__ = [
    "accounts",
    "jobs",
    "joining",
    "members",
    "officers",
    "organisations",
    "records",
    "roster",
]
