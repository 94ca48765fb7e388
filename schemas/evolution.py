"""Whether each version of a schema can read what every earlier one wrote.

The registry enforces the same when a version is registered (BACKWARD_TRANSITIVE); this says it
before anything lands: ``python -m schemas.evolution`` lists what breaks and ends with status 1.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import avro.compatibility
import avro.schema

from schemas.kinds import kind, kinds


def breaks(name: str) -> list[str]:
    """What breaks between the versions of a kind, a line each; none when all is well."""
    of = kind(name)
    found = breaks_between([of.schema(version) for version in of.versions])
    return [f"{name} {line}" for line in found]


def breaks_between(schemas: Sequence[dict[str, Any]]) -> list[str]:
    """What breaks in a row of schemas, the oldest first, counted as versions from 1.

    Raises avro's own error for a schema that is none.
    """
    parsed = [avro.schema.parse(json.dumps(schema)) for schema in schemas]
    found = []
    for reader in range(1, len(parsed)):
        for writer in range(reader):
            why = _why_unreadable(parsed[reader], parsed[writer])
            if why:
                found.append(f"v{reader + 1} cannot read v{writer + 1}: {why}")
    return found


def _why_unreadable(reader: Any, writer: Any) -> str:
    result = avro.compatibility.ReaderWriterCompatibilityChecker().get_compatibility(reader, writer)
    if result.compatibility is avro.compatibility.SchemaCompatibilityType.compatible:
        return ""
    kinds_of_break = sorted({each.value.replace("_", " ") for each in result.incompatibilities})
    return f"{', '.join(kinds_of_break)}: {'; '.join(sorted(result.messages))}"


def main() -> int:
    """Prints what breaks in any kind; the status for the shell."""
    found = [line for name in kinds() for line in breaks(name)]
    print("\n".join(found) or f"{len(kinds())} kinds: every version reads all earlier ones")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
