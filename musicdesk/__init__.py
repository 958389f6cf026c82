"""musicdesk: your music library, ranked by a taste you can see, hear and edit."""

__version__ = "0.1.0"
