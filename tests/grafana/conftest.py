"""For tests of a remote Grafana: a fake one, its administrator, two small dashboards."""

import datetime
import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fake_grafana import FakeGrafana, serving

from grafana import committed, sync
from grafana.committed import Dashboard
from grafana.datasource import ClickHouse
from grafana.remote import Credentials, Grafana

SMALL = {
    "ningmai-wall": {"title": "总览大屏", "panels": [{"id": 1, "type": "stat", "title": "来电"}]},
    "ningmai-calls": {"title": "热线", "panels": [{"id": 1, "type": "text", "title": "说明"}]},
}


@pytest.fixture
def fake() -> Iterator[FakeGrafana]:
    with serving(FakeGrafana()) as running:
        yield running


@pytest.fixture
def client(fake: FakeGrafana) -> Grafana:
    return Grafana(fake.url, Credentials("glsa_admin"), wait=0)


@pytest.fixture
def dashboards(tmp_path: Path) -> list[Dashboard]:
    for uid, content in SMALL.items():
        whole = {**content, "uid": uid, "tags": ["ningmai"], "schemaVersion": 41, "version": 3}
        (tmp_path / f"{uid}.json").write_text(json.dumps(whole), "utf-8")
    return committed.load(tmp_path)


@pytest.fixture
def clickhouse() -> ClickHouse:
    return ClickHouse("http://clickhouse:8123", "ningmai", password="grafana")


@pytest.fixture
def synced(
    fake: FakeGrafana, client: Grafana, dashboards: list[Dashboard], clickhouse: ClickHouse
) -> FakeGrafana:
    """The fake as a first sync leaves it, with nothing asked since."""
    for step in sync.plan(client, dashboards, clickhouse):
        if step.run:
            step.run()
    fake.requests.clear()
    return fake


@pytest.fixture
def own_certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    path = tmp_path / "own.pem"
    path.write_bytes(pem)
    return path
