"""The officers' panel of membership."""

from cooperative.membership.admin import accounts, joining, members, officers, organisations, records

__all__ = ["accounts", "joining", "members", "officers", "organisations", "records"]
