"""Who belongs, who may do what, what was recorded."""
