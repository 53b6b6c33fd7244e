"""Rare combinations of what a function does: a model of counts, learned from records; it tells, and never blocks."""
