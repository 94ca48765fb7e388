"""Table 06: kiosks, and what is registered and paid at them."""

from typing import Any

from producers.bulletin.chance import midnight, times_of_day
from producers.bulletin.draft import Draft
from producers.bulletin.model import Row
from producers.bulletin.names import of_row
from producers.bulletin.shares import evenly
from producers.bulletin.values import amount, number
from producers.events import KioskTransaction
from schemas.catalogue import catalogue

DEVICES = "投放台数"


def add_kiosks(draft: Draft) -> None:
    """State the kiosks of each row; its transactions go round them."""
    for row in draft.bulletin.rows("06"):
        institution = of_row(draft.register, "06", row).code
        devices = number(row.cells[DEVICES])
        draft.state("kiosk.devices", institution, devices, "device")
        for service, label in catalogue().lists["services"].items():
            _transactions(draft, row, institution, devices, service, label)


def _transactions(
    draft: Draft, row: Row, institution: str, devices: int, service: str, label: str
) -> None:
    """Split the amount evenly in fen; the last transaction, on the last evening, has the rest."""
    count = number(row.cells[f"{label}（次）"])
    fen = amount(row.cells[f"{label}金额（元）"])
    if not count:
        if fen:
            draft.why("06", row, f"{label}金额（元）", "an amount without a transaction")
        return
    each = fen // count
    fields: dict[str, Any] = {"institution": institution, "service": service}
    # No more devices than transactions: the others stand idle, as far as these events tell.
    for device, part in enumerate(evenly(count - 1, min(devices, count) or 1), start=1):
        number_of = f"{device:03d}" if devices else None
        draft.flow(KioskTransaction, part, **fields, device=number_of, amount_fen=each)
    evening = int(times_of_day("closing", draft.seed("last", institution, service), 1)[0])
    last = midnight(draft.bulletin.month.last_day) + evening
    rest = fen - each * (count - 1)
    first = "001" if devices else None
    draft.flow(KioskTransaction, 1, last, **fields, device=first, amount_fen=rest)
