"""A package that is called as a driver and is none."""
