"""Recipients, texts, consents, disclosures, requests about one's own data."""

from cooperative.consent.models.consents import Channel, Consent, Disclosure
from cooperative.consent.models.papers import PaperConsent
from cooperative.consent.models.recipients import ConsentText, Recipient
from cooperative.consent.models.requests import DataRequest

__all__ = [
    "Channel",
    "Consent",
    "ConsentText",
    "DataRequest",
    "Disclosure",
    "PaperConsent",
    "Recipient",
]
