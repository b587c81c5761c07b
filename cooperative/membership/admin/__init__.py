"""The officers' panel of membership."""

from cooperative.membership.admin import joining, members, officers, organisations, records

__all__ = ["joining", "members", "officers", "organisations", "records"]
