"""What runs inside the function. Standard library, native core and model only; Python 3.9 to 3.14."""
