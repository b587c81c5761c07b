"""Members' pages of lending through Django's client."""
