"""Farming in the officers' panel."""

from cooperative.farming.admin import queue as queue
