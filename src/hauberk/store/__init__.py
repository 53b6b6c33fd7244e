"""Activity records kept in Parquet segments, the profiles of functions that they show, and what their codes told."""


class StoreError(Exception):
    """A folder cannot be used as a store."""
