"""Proves a printed bulletin: every row cell again by SQL, and the print against itself."""

from ningmai.reconcile.compare import reconcile
from ningmai.reconcile.report import Line, Report

__all__ = ["Line", "Report", "reconcile"]
