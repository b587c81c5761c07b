"""Arithmetic and decisions of membership: identity, ballots, states. Neither Django nor models."""
