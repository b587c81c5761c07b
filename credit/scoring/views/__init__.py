"""What members open."""
