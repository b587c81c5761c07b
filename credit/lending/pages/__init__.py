"""What the members' pages of lending show, worked out before the template."""
