"""Measures any of it: retrieval, latency, analysis cost."""
