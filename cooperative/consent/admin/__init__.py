"""The officers' panel of consent."""

from cooperative.consent.admin import papers, records, requests, texts

__all__ = ["papers", "records", "requests", "texts"]
