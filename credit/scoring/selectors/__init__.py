"""Questions about cards, scores and nights."""
