"""Which files the Java engines are made of, with size and checksum, kept in artifacts.lock.json.

To take another version, change COORDINATES and run ``python -m ningmai.stack.pins``.
"""

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

LOCK = Path(__file__).with_name("artifacts.lock.json")

COORDINATES = {
    "kafka": (
        "org.apache.kafka:kafka_2.13:4.4.0",
        # Kafka logs through slf4j and leaves the choice of a backend to whoever runs it. By
        # itself: what it needs is there, and its own list would bring an older Kafka client.
        "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5",
    ),
    "registry": ("io.apicurio:apicurio-registry-app:3.3.3:all:tar.gz",),
}
"""group:artifact:version[:classifier:type]. The first comes with what it needs."""


@dataclass(frozen=True)
class Pin:
    """One file: its place in a Maven repository, bytes, and SHA-256 in hex."""

    path: str
    size: int
    sha256: str


def pins(engine: str) -> tuple[Pin, ...]:
    """The files of ``kafka`` (its class path, in order) or ``registry`` (one archive)."""
    return tuple(Pin(**pin) for pin in json.loads(LOCK.read_text())[engine])


def sha256(path: Path) -> str:
    """A file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def resolve(coordinates: tuple[str, ...], repository: Path) -> tuple[Pin, ...]:
    """Resolves coordinates, the first with what it needs, fetching files into ``repository``.

    jgo compares each file with the checksum that the Maven repository states. Needs a network;
    raises what jgo raises.
    """
    from jgo.maven import Dependency, MavenContext, PythonResolver  # slow, and only needed here

    resolver = PythonResolver()
    maven = MavenContext(resolver=resolver, repo_cache=repository, timeout=60)
    artifacts = []
    for coordinate in coordinates:
        group, artifact, version, *rest = coordinate.split(":")
        artifacts.append(maven.project(group, artifact).at_version(version).artifact(*rest))
    if artifacts[0].packaging == "jar":
        _, needed = resolver.resolve([Dependency(artifacts[0])])
        artifacts += [dependency.artifact for dependency in needed]
    files = [Path(artifact.resolve()) for artifact in artifacts]
    return tuple(
        Pin(file.relative_to(repository).as_posix(), file.stat().st_size, sha256(file))
        for file in files
    )


def main() -> None:
    """Writes the lock file anew."""
    from jgo.constants import default_maven_repo  # slow, and only needed here

    locked = {
        engine: [asdict(pin) for pin in resolve(coordinates, default_maven_repo())]
        for engine, coordinates in COORDINATES.items()
    }
    LOCK.write_text(json.dumps(locked, indent=1) + "\n")
    sys.stdout.write(f"{LOCK}: {sum(map(len, locked.values()))} files\n")


if __name__ == "__main__":
    main()
