"""Screens: dashboards as code."""
