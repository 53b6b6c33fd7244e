"""What logs show of each version of each function, and how that is written."""
