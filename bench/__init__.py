"""What the guard costs: paired measurements of functions with and without it."""
