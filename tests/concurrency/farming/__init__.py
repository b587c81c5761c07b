"""Tests of farming."""
