"""Forms of the members' pages of lending; the rules are the services'."""
