"""The wallbox's REST API: trust, session, pacing, and the calls."""
