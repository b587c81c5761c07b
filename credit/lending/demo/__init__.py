"""The demo's lending: rates carried on to today, and a year of neighbours helping each other."""

from credit.lending.demo.rates import load_rates
from credit.lending.demo.story import load

__all__ = ["load", "load_rates"]
