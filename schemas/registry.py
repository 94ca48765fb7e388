"""The schema registry, through Confluent's own client, with errors by what must be done."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError

from ningmai.settings import Settings
from schemas.errors import Incompatible, RegistryUnavailable, UnknownSchema
from schemas.kinds import kind, kinds

COMPATIBILITY = "BACKWARD_TRANSITIVE"
TIMEOUT_SECONDS = 5
LARGEST_ID = 2**31 - 1
NOT_FOUND = 404
NO_SUCH = (40401, 40402, 40403)
"""Subject, version or schema: the registry says so, and not whoever answers at a wrong address."""
CONFLICT = 409
UNPROCESSABLE = 422


class Registry:
    """A schema registry that speaks Confluent's API. Thread-safe; what it gave once, it keeps."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = SchemaRegistryClient(
            {
                "url": settings.registry_url,
                "timeout": TIMEOUT_SECONDS,
                "max.retries": 2,
                "retries.wait.ms": 100,
            }
        )
        self._schemas: dict[int, dict[str, Any]] = {}
        self._ids: dict[str, dict[int, int]] = {}

    def register_all(self) -> dict[str, dict[int, int]]:
        """Registers every version of every kind; done again, it changes nothing.

        Returns the id of each version of each kind. Raises Incompatible for a version that cannot
        read an earlier one, RegistryUnavailable.
        """
        for name, of in kinds().items():
            subject = self._settings.subject(name)
            with _errors(f"register {subject}"):
                self._client.set_compatibility(subject, COMPATIBILITY)
                self._ids[name] = {
                    version: self._client.register_schema(subject, Schema(of.text(version), "AVRO"))
                    for version in of.versions
                }
        return dict(self._ids)

    def ids(self, name: str) -> dict[int, int]:
        """The id of each version of a kind that is registered already; registers nothing.

        Raises UnknownSchema where a version is missing, RegistryUnavailable.
        """
        if name not in self._ids:
            of, subject = kind(name), self._settings.subject(name)
            with _errors(f"look up {subject}"):
                self._ids[name] = {
                    version: self._client.lookup_schema(
                        subject, Schema(of.text(version), "AVRO")
                    ).schema_id
                    for version in of.versions
                }
        return self._ids[name]

    def schema(self, schema_id: int) -> dict[str, Any]:
        """The schema of an id, parsed; the same object every time, so do not change it.

        Raises UnknownSchema when the registry has none, RegistryUnavailable when it does not say.
        """
        found = self._schemas.get(schema_id)
        if found is None:
            if not 0 < schema_id <= LARGEST_ID:
                raise UnknownSchema(f"no registry gives the id {schema_id}")
            with _errors(f"schema {schema_id}"):
                answer = self._client.get_schema(schema_id)
            if answer.schema_type != "AVRO":  # a registry may serve others besides Ningmai
                raise UnknownSchema(f"schema {schema_id} is {answer.schema_type}, not Avro")
            found = self._schemas.setdefault(schema_id, json.loads(answer.schema_str))
        return found

    def check_answers(self) -> None:
        """Raises RegistryUnavailable unless the registry answers."""
        with _errors("ask"):
            self._client.get_subjects()


@contextmanager
def _errors(what: str) -> Iterator[None]:
    """Turns the client's errors into those of this package."""
    try:
        yield
    except SchemaRegistryError as error:
        if error.http_status_code == NOT_FOUND and error.error_code in NO_SUCH:
            raise UnknownSchema(f"registry, {what}: {error}") from error
        if error.http_status_code in (CONFLICT, UNPROCESSABLE):
            raise Incompatible(f"registry, {what}: {error}") from error
        raise RegistryUnavailable(f"registry, {what}: {error}") from error
    # The client lets its HTTP library's own errors through, and which library that is depends on
    # what is installed: anything else that a request raises is a request that got no answer.
    except Exception as error:
        raise RegistryUnavailable(f"registry, {what}: no answer ({error!r})") from error
