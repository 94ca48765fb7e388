"""chDB, asked by many at once: a connection for each query, writers and readers in pools apart."""

import fcntl
import os
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import chdb

from clickhouse.embedded import access, native, sql
from clickhouse.embedded.faults import from_engine

WRITERS, READERS = 8, 8
# Explicit, since the engine's own defaults are others: an acknowledged insert is there, whole.
WRITING = {"async_insert": "0", "insert_deduplicate": "0"}
LOCK = "ningmai.lock"
CANCELS, CANCEL_SECONDS = 5, 0.5


class FolderInUse(Exception):
    """Another process has this data folder; the message names it."""


@dataclass(frozen=True)
class Query:
    """One statement, who asks, and how.

    ``identity`` is what it is cancelled by, ``revision`` that of a client that reads Native.
    """

    identity: str
    may_write: bool
    statement: sql.Statement
    user: access.User
    database: str
    default_format: str
    revision: int
    settings: Mapping[str, str]
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, in which format, and what they cost."""

    body: bytes
    format: str
    rows: int
    rows_written: int
    rows_read: int
    bytes_read: int
    seconds: float


class Engine:
    """The engine on one data folder, for as long as the process lives. Thread-safe."""

    def __init__(self, folder: Path, home: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(folder)
        self._path = str(folder)
        self.home = home
        self._first = chdb.connect(self._path)  # keeps the engine up between queries
        about = self._first.query("SELECT version(), timezone()", "TSV").bytes().decode()
        self.version, self.timezone = about.strip().split("\t")
        self.writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="write")
        self.askers = ThreadPoolExecutor(READERS, thread_name_prefix="ask")
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")

    def close(self) -> None:
        """Wait for what runs, however long it takes, then let the folder go."""
        for pool in (self.writers, self.askers, self.readers):
            pool.shutdown(wait=True, cancel_futures=True)
        self._first.close()
        os.close(self._lock)

    def pool(self, query: Query) -> ThreadPoolExecutor:
        """Whose turn it is in: no slow question holds up an insert, whoever asks it."""
        if query.user.reader:
            return self.readers
        return self.askers if sql.is_question(query.statement.text) else self.writers

    def run(self, query: Query) -> Answer:
        """Answer a query. Raises Fault. Called in one of the pools' threads."""
        began = monotonic()
        text = sql.single(query.statement.text)
        connection = chdb.connect(self._path)
        try:
            text = self._prepare(connection, query, text)
            wanted = sql.format_of(text, query.default_format)
            result = self._ask(connection, text, wanted, query)
            body = b"" if result is None else result.bytes()
            if _is_native(wanted, query):
                body = native.rewritten(body, query.revision)
            return Answer(
                body,
                wanted,
                result.rows_read() if result is not None else 0,
                result.rows_written() if result is not None else 0,
                result.storage_rows_read() if result is not None else 0,
                result.storage_bytes_read() if result is not None else 0,
                monotonic() - began,
            )
        except RuntimeError as error:  # what chDB raises for every exception of the engine
            raise from_engine(error) from error
        finally:
            connection.close()

    def cancel(self, identity: str, running: Future[Any]) -> None:
        """Ask the engine to end a query, again for one that it hasn't begun yet."""
        connection = chdb.connect(self._path)
        try:
            which = f"Settings['log_comment'] = {_text(identity)}"
            for _ in range(CANCELS):
                connection.query(f"KILL QUERY WHERE {which} ASYNC")
                if wait([running], CANCEL_SECONDS).done:
                    return
        finally:
            connection.close()

    def _prepare(self, connection: Any, query: Query, text: str) -> str:
        """The statement to run, once the connection is as the query and its user need it."""
        if query.database != "default":
            connection.query(f"USE {_quoted(query.database)}")
        settings = dict(query.settings)
        if query.user.reader:
            tables = self._tables(connection)
            text = self._checked(connection, query, text, tables)
            settings = access.allowed(settings) | access.hidden(self.home, tables)
            settings["readonly"] = "1"  # last: no other setting can be changed behind it
        else:
            settings = WRITING | settings
            if not query.may_write:
                settings["readonly"] = "2"  # as a GET has it in ClickHouse
        ours = {"log_comment": query.identity}
        if _is_native(sql.format_of(text, query.default_format), query):
            ours |= native.SETTINGS
        settings = ours | settings | ours  # first, before readonly, and whatever the client says
        for name, value in settings.items():
            connection.query(f"SET {name} = {_text(value)}")
        return text

    def _checked(self, connection: Any, query: Query, text: str, tables: Mapping[str, bool]) -> str:
        """A reader's statement as the engine prints it, if it names nothing but views.

        Printing parses and runs nothing, and leaves no comments, no second statement and one way
        of quoting: what is checked is what is run, whatever the text looked like.
        """
        printed = connection.query(f"SELECT formatQuerySingleLine({_text(text)})", "RawBLOB")
        text = sql.single(printed.bytes().decode())
        access.names_plain(text, query.parameters)
        tree = connection.query(f"EXPLAIN AST {text}", "TSVRaw", params=_params(query))
        access.check(tree.bytes().decode(), query.database, self.home, tables)
        return text

    def _tables(self, connection: Any) -> dict[str, bool]:
        rows = connection.query(
            f"SELECT name, engine = 'View' FROM system.tables WHERE database = {_text(self.home)}",
            "TSVRaw",
        )
        pairs = (line.split("\t") for line in rows.bytes().decode().splitlines())
        return {name: view == "1" for name, view in pairs}

    def _ask(self, connection: Any, text: str, wanted: str, query: Query) -> Any:
        if not query.statement.data or not sql.is_insert(text):
            return connection.query(text, wanted, params=_params(query))
        # In memory, without a name: nothing stays behind, however the process ends.
        with open(os.memfd_create("insert"), "wb") as file:
            file.write(query.statement.data)
            file.flush()  # all of it, or an error: an unbuffered write may stop half way
            path = f"/proc/self/fd/{file.fileno()}"
            return connection.query(sql.reading(text, path), wanted, params=_params(query))


def _is_native(wanted: str, query: Query) -> bool:
    """True where the engine's answer must be rewritten for the client."""
    return query.revision > 0 and wanted.lower() == "native"


def _params(query: Query) -> dict[str, str]:
    return dict(query.parameters)


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _locked(folder: Path) -> int:
    """Hold the folder until the process ends. Raises FolderInUse."""
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(lock, 20, 0).decode().strip() or "unknown"
        os.close(lock)
        raise FolderInUse(f"{folder} is in use by process {owner}") from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock
