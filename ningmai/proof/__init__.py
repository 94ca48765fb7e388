"""Proof before print: a month's tables against themselves, by general rules."""

from ningmai.proof.finding import SUSPECT, WRONG, Finding, Place, Proof
from ningmai.proof.prove import findings, prove

__all__ = ["SUSPECT", "WRONG", "Finding", "Place", "Proof", "findings", "prove"]
