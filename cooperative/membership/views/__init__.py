"""Members' pages of membership."""
