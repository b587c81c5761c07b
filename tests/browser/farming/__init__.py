"""Browser tests of farming."""
