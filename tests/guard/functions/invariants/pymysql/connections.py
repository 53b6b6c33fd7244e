"""Holds nothing of what the guard looks for."""
