"""Playlists that leave the program: M3U8, XSPF, JSPF, PLS behind one contract."""
