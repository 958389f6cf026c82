"""The use cases: the only room that calls the others in order."""
