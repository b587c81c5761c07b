"""Trust and money between members."""
