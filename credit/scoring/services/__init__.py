"""What changes cards and scores."""
