"""Apicurio Registry, which keeps its schemas in Kafka; Confluent's API under /apis/ccompat/v7."""

import http.client
from pathlib import Path

from ningmai.doing import Doing
from ningmai.settings import Settings
from ningmai.stack.artifacts import java, registry_home
from ningmai.stack.errors import writing
from ningmai.stack.jvm import flags
from ningmai.stack.ports import answers
from ningmai.stack.process import Part

ANSWER_SECONDS = 5
SUBJECTS = "/apis/ccompat/v7/subjects"


def part(settings: Settings, doing: Doing) -> Part:
    """How the registry is run; it waits a minute for Kafka. Raises StackError."""
    scratch = (settings.data_dir / "registry").absolute()
    with writing(scratch):
        scratch.mkdir(parents=True, exist_ok=True)
    jar = registry_home(settings, doing) / "quarkus-run.jar"
    return Part(
        name="registry",
        port=settings.registry_port,
        command=[
            str(java()),
            *flags(heap_mb=256),
            *(f"-D{name}={value}" for name, value in properties(settings, scratch).items()),
            "-jar",
            str(jar),
        ],
        ready=lambda: _serves(settings),
        stop_within=15,
    )


def properties(settings: Settings, scratch: Path) -> dict[str, object]:
    """The registry's configuration. Both its ports are on loopback."""
    return {
        "quarkus.http.host": settings.host,
        "quarkus.http.port": settings.registry_port,
        "quarkus.management.host": settings.host,
        "quarkus.management.port": settings.registry_management_port,
        "apicurio.storage.kind": "kafkasql",
        "apicurio.kafkasql.bootstrap.servers": settings.kafka_servers,
        "apicurio.storage.snapshot.location": scratch,
        "apicurio.import.work-dir": scratch,
        # An empty poll ends the look for a snapshot at the start; without one (there is none in the
        # first days, and none is lost) the whole journal is read.
        "apicurio.kafkasql.consumer.poll.timeout": 500,
        "java.io.tmpdir": scratch,
        # Its SQL is a copy in memory, for one application.
        "apicurio.datasource.jdbc.initial-size": 2,
        "apicurio.datasource.jdbc.min-size": 2,
        "apicurio.datasource.jdbc.max-size": 10,
        "quarkus.banner.enabled": "false",
        "quarkus.http.access-log.enabled": "false",
        "quarkus.log.console.format": "%d{yyyy-MM-dd HH:mm:ss} %p %m (%c{1})%e%n",
        'quarkus.log.category."io.apicurio".level': "WARN",
        'quarkus.log.category."org.apache.kafka".level': "WARN",
    }


def _serves(settings: Settings) -> bool:
    """Whether the Confluent API lists subjects."""
    host, port = settings.host, settings.registry_port
    if not answers(host, port):
        return False
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", SUBJECTS)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
