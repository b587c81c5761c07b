"""Races on facts."""
