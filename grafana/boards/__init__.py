"""One module a dashboard: its panels, where they stand and which query each draws."""
