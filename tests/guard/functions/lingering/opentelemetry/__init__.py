"""Stands for a tracer's package."""
