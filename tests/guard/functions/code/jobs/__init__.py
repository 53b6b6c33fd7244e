"""What callers may choose."""
