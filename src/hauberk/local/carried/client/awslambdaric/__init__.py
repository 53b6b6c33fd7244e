"""Stands for AWS's runtime client in a process of a function's own tests."""
