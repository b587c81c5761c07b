"""What the pages of members show, worked out before the template."""
