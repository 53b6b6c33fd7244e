"""Values that cross module boundaries. Python 3.9, standard library only."""
