"""Hearing a track: the player protocol, a silent one, and one on the sound device."""
