"""Arithmetic and decisions of mutual loans. Neither Django nor models."""
