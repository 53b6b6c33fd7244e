"""What the code of a function says of what it was seen to do."""
