"""What a policy would have said of recorded history: the guard's own judge asked once more."""
