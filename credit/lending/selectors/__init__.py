"""Questions about requests, loans, limits and rates."""
