"""Changes to requests, loans and rates: each deed is one service."""
