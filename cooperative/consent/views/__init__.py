"""Members' pages about their own data."""
