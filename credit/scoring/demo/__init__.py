"""The demo's scoring: members who agreed to it, and their scores of last month and today."""

from credit.scoring.demo.panels import load_panels
from credit.scoring.demo.scores import load_scores

__all__ = ["load_panels", "load_scores"]
