"""The command line, the settings and the embedded stack."""
