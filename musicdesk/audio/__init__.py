"""Sound in memory: decoding, windows, loudness, synthesis, and killable worker processes."""
