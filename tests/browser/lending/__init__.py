"""Browser tests of lending."""
