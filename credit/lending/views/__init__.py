"""Members' pages of lending."""
