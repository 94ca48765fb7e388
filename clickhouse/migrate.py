"""Brings a database to the newest schema: numbered SQL files, each applied once and then frozen.

Every statement can be run twice, so that a migration cut off in the middle is simply run again.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from clickhouse.errors import ClickHouseError
from ningmai.settings import Settings

FOLDER = Path(__file__).parent / "migrations"
FROZEN = FOLDER / "frozen.json"
NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
# A statement ends at a semicolon at the end of a line; strings and comments hold none there.
END = re.compile(r";\s*$", re.MULTILINE)
COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


class MigrationChanged(ClickHouseError):
    """Bug: a migration that was applied or has landed is not what it was. Add a new one."""


def migrate(client: Client, settings: Settings) -> list[str]:
    """Create the database where it is missing and apply what it lacks; returns the names applied.

    ``client`` is one that may write. Raises MigrationChanged, and clickhouse.errors as they come.
    """
    database = settings.database
    with errors_sorted():
        created = f"CREATE DATABASE IF NOT EXISTS {database} {_cluster(settings)}"
        client.command(created, use_database=False)
        client.command(_filled(TABLE, settings))
        rows = client.query(f"SELECT name, sha256 FROM {database}.migrations FINAL").result_rows
    known = {str(name): str(digest) for name, digest in rows}
    applied = []
    for path in files():
        if path.name not in known:
            _apply(client, path, settings)
            applied.append(path.name)
        elif known[path.name] != digest(path):
            raise MigrationChanged(
                f"{path.name} was changed after it was applied to {database}. Restore the file, "
                "and put what you want to change into a new one with the next number."
            )
    return applied


def files() -> list[Path]:
    """The migrations in order. Raises MigrationChanged where two have one number."""
    found = sorted(FOLDER.glob("*.sql"))
    numbers = [match[1] for path in found if (match := NAME.fullmatch(path.name))]
    if len(numbers) != len(found) or len(set(numbers)) != len(numbers):
        raise MigrationChanged(f"each file of {FOLDER.name}/ needs a number of its own")
    return found


def digest(path: Path) -> str:
    """What a frozen migration is known by."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def frozen() -> dict[str, str]:
    """Digests of the migrations that have landed, by name."""
    landed: dict[str, str] = json.loads(FROZEN.read_text("utf-8"))
    return landed


def freeze() -> list[str]:
    """Adds the migrations that have not landed yet to those that have; returns their names.

    Raises MigrationChanged where one that has landed differs.
    """
    landed = frozen()
    for path in files():
        if landed.setdefault(path.name, digest(path)) != digest(path):
            raise MigrationChanged(f"{path.name} has landed: put the change into a new one.")
    added = sorted(landed.keys() - frozen().keys())
    FROZEN.write_text(json.dumps(landed, indent=2, sort_keys=True) + "\n", "utf-8")
    return added


def statements(path: Path, settings: Settings) -> Iterator[str]:
    """The statements of a migration, ready to run."""
    text = COMMENT.sub("", path.read_text("utf-8"))
    for statement in END.split(_filled(text, settings)):
        if statement.strip():
            yield statement.strip()


def _apply(client: Client, path: Path, settings: Settings) -> None:
    with errors_sorted():
        for statement in statements(path, settings):
            client.command(statement)
        client.command(
            f"INSERT INTO {settings.database}.migrations (name, sha256) "
            "SELECT {name:String}, {sha256:String}",
            parameters={"name": path.name, "sha256": digest(path)},
        )


def _filled(text: str, settings: Settings) -> str:
    replaced = {
        "${database}": settings.database,
        "${on_cluster}": _cluster(settings),
        "${replicated}": "Replicated" if settings.clickhouse_cluster else "",
    }
    for placeholder, value in replaced.items():
        text = text.replace(placeholder, value)
    return text


def _cluster(settings: Settings) -> str:
    return f"ON CLUSTER '{settings.clickhouse_cluster}'" if settings.clickhouse_cluster else ""


TABLE = """
CREATE TABLE IF NOT EXISTS ${database}.migrations ${on_cluster}
(
    name       String                 COMMENT 'File name',
    sha256     String                 COMMENT 'Digest of the file as it was applied',
    applied_at DateTime DEFAULT now() COMMENT 'When'
)
ENGINE = ${replicated}ReplacingMergeTree ORDER BY name
COMMENT 'One row per migration applied'
"""


if __name__ == "__main__":
    print("frozen:", ", ".join(freeze()) or "nothing new")
