"""The register of institutions as it stands: who they are on a day, and how that is changed."""
