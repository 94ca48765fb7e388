"""Kiosk transactions: by institution and service, with their amounts; devices stay in raw."""

from streams.rollups import Rollup

KIOSK_TRANSACTIONS = Rollup(
    "kiosk_transactions", dimensions=("institution", "service"), measures=("amount_fen",)
)
