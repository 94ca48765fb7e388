"""Every setting of Ningmai, in one place: read from NINGMAI_* variables, never at import."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What one installation runs with. Unknown keyword arguments are refused."""

    model_config = SettingsConfigDict(env_prefix="NINGMAI_", extra="forbid")

    namespace: str = Field(
        default="ningmai",
        pattern=r"^[a-z][a-z0-9_]{0,40}$",
        description="Prefix of topics, consumer group, subjects and database: two never meet.",
    )
    data_dir: Path = Field(
        default=Path("data"), description="Where the embedded engines keep everything."
    )
    host: str = Field(default="127.0.0.1", description="Where the embedded engines listen.")
    kafka_port: int = Field(default=19092, description="Embedded Kafka's client port.")
    kafka_controller_port: int = Field(default=19093, description="Embedded Kafka's KRaft port.")
    registry_port: int = Field(default=18081, description="Embedded schema registry's port.")
    registry_management_port: int = Field(default=18082, description="Registry's health port.")
    clickhouse_port: int = Field(default=18123, description="Embedded ClickHouse's HTTP port.")
    worker_port: int = Field(default=16066, description="Worker's own HTTP port (loopback).")
    screen_port: int = Field(default=18088, description="Live screen's HTTP port.")
    kafka: str = Field(default="", description="host:port of Kafka; empty: the embedded one.")
    registry: str = Field(
        default="", description="URL of a Confluent-style registry; empty: the embedded one."
    )
    clickhouse: str = Field(
        default="", description="HTTP URL of ClickHouse; empty: the embedded one."
    )
    clickhouse_cluster: str = Field(
        default="", description="Cluster of replicated tables; empty: a single node."
    )
    clickhouse_user: str = Field(default="ningmai", description="User that migrates and writes.")
    clickhouse_password: str = Field(default="ningmai", description="Its password.")
    analyst_password: str = Field(default="analyst", description="Password of user analyst.")
    grafana_password: str = Field(default="grafana", description="Password of user grafana.")
    maven_repository: str = Field(
        default="", description="URL of a Maven mirror for the engines; empty: Maven Central."
    )
    partitions: int = Field(default=4, ge=1, description="Partitions of each flow topic.")
    block_size: int = Field(
        default=8192, ge=2, description="B: offsets a block; fixed for a topic's life."
    )
    dedupe_horizon: int = Field(
        default=1_000_000, ge=1, description="H: offsets back within which a repeat is dropped."
    )
    dead_limit: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Share of dead letters above which a topic is not counted on; 1: any share.",
    )
    flush_seconds: float = Field(default=0.4, gt=0, description="How often figures are written.")
    far_seconds: float = Field(
        default=20, gt=0, description="How often repeats from far away are looked for."
    )
    office: str = Field(
        default="信息中心",
        min_length=1,
        description="Office that closes months; never a person's name.",
    )
    whole_batches: bool = Field(
        default=True, description="Read record batches whole; false: aiokafka's ordinary records."
    )

    @property
    def kafka_servers(self) -> str:
        """Bootstrap servers, host:port."""
        return self.kafka or f"{self.host}:{self.kafka_port}"

    @property
    def registry_url(self) -> str:
        """Base URL of the Confluent-style registry API."""
        return self.registry or f"http://{self.host}:{self.registry_port}/apis/ccompat/v7"

    @property
    def clickhouse_url(self) -> str:
        """Base URL of ClickHouse's HTTP interface."""
        return self.clickhouse or f"http://{self.host}:{self.clickhouse_port}"

    @property
    def screen_url(self) -> str:
        """Where a browser finds the live screen."""
        return f"http://{self.host}:{self.screen_port}"

    @property
    def database(self) -> str:
        """The ClickHouse database of this namespace."""
        return self.namespace

    @property
    def group(self) -> str:
        """The consumer group of the workers."""
        return f"{self.namespace}-worker"

    def topic(self, kind: str) -> str:
        """Kafka topic of an event kind: ``ningmai.calls``."""
        return f"{self.namespace}.{kind}"

    def subject(self, kind: str) -> str:
        """Registry subject of an event kind's values: ``ningmai.calls-value``."""
        return f"{self.topic(kind)}-value"

    def environment(self) -> dict[str, str]:
        """The variables from which another process reads these same settings."""
        return {f"NINGMAI_{name.upper()}": str(value) for name, value in self.model_dump().items()}
