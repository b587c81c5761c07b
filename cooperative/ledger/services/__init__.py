"""Writing into the book."""

from cooperative.ledger.services.posting import (
    Draft,
    Proof,
    add_evidence,
    post_entries,
    post_entry,
    reverse_entry,
)

__all__ = ["Draft", "Proof", "add_evidence", "post_entries", "post_entry", "reverse_entry"]
