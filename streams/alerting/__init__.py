"""Alerts as events: what is beyond its habit, raised once and cleared once."""
