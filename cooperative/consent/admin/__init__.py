"""The officers' panel of consent."""

from cooperative.consent.admin import records, requests, texts

__all__ = ["records", "requests", "texts"]
