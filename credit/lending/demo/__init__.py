"""The demo's lending: rates carried on to today, and a year of neighbours helping each other."""

from credit.lending.demo.limits import decide_basic_limit
from credit.lending.demo.rates import load_rates
from credit.lending.demo.story import gather_people, load

__all__ = ["decide_basic_limit", "gather_people", "load", "load_rates"]
