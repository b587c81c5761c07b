"""Credit scores of members that explain themselves."""
