"""Recommenders behind one protocol: from what was listened to, and how it sounds, to scores of the whole library."""
