"""Strategies of others: found, judged, and run apart from the service."""
