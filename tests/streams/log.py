"""A log to test with: events as bytes, their batches, and a registry that knows their schemas."""

import struct
from io import BytesIO
from typing import Any

import fastavro

from schemas.errors import UnknownSchema
from schemas.kinds import kinds
from streams.batches import Batch

APPENDED = 1_700_000_000_000  # 2023-11-14T22:13:20Z, 6,400 s before UTC midnight
MIDNIGHT = 1_700_006_400_000
CALL = {
    "event_id": "c-1",
    "occurred_at": 1_600_000_000_000,
    "source": "hotline-12320",
    "origin": "live",
    "sign": 1,
    "corrects": None,
    "line": "hotline",
    "city": "nanjing",
    "category": "consultation",
}


class Schemas:
    """Writers' schemas by id, as a registry gives them: the newest of each kind, and others."""

    def __init__(self, **others: dict[str, Any]) -> None:
        known = [kind.schema() for kind in kinds().values()]
        self.ids = {name: 10 + n for n, name in enumerate(kinds())}
        self.known = dict(enumerate(known, 10)) | {int(k[1:]): v for k, v in others.items()}

    def schema(self, schema_id: int) -> dict[str, Any]:
        if schema_id not in self.known:
            raise UnknownSchema(str(schema_id))
        return self.known[schema_id]

    def value(self, schema_id: int, event: dict[str, Any]) -> bytes:
        out = BytesIO()
        out.write(struct.pack(">bI", 0, schema_id))
        fastavro.schemaless_writer(out, fastavro.parse_schema(self.known[schema_id]), event)
        return out.getvalue()

    def call(self, **fields: Any) -> bytes:
        return self.value(self.ids["calls"], CALL | fields)


def batch(start: int, values: list[bytes | None], appended: int = APPENDED) -> Batch:
    end = start + len(values)
    return Batch(start, end, appended, range(start, end), values)
