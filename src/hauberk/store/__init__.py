"""Activity records kept in Parquet segments, and the profiles of functions that they show."""


class StoreError(Exception):
    """A folder cannot be used as a store."""
