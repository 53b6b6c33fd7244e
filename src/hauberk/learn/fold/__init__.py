"""Many targets become one pattern, by the types of their parts and by the evidence."""
