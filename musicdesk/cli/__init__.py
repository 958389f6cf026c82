"""The headless front end: every feature lands here first."""
