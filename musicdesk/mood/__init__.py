"""Mood-guided transformation: what a library feels like, and more like this, but in another mood."""
