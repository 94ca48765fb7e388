"""The Faust app, for ``faust -A streams.app worker``: made when asked for, not at import."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import faust
from clickhouse_connect.driver.client import Client
from faust.types import TP
from faust.web import Request, Response, View

from clickhouse.client import connect
from clickhouse.errors import ClickHouseError
from ningmai.lag import lags
from ningmai.settings import Settings
from producers import Publisher
from producers.errors import DeliveryFailed
from schemas.errors import SchemaError
from schemas.kinds import kinds
from schemas.registry import Registry
from streams import metrics
from streams.agents.bookings import BOOKINGS
from streams.agents.calls import CALLS
from streams.agents.kiosk_transactions import KIOSK_TRANSACTIONS
from streams.agents.telemedicine import TELEMEDICINE
from streams.agents.uploads import UPLOADS
from streams.alerting.watch import Watch
from streams.audit import audit
from streams.batches import Fetch
from streams.counting import Counting
from streams.far import FarRepeats
from streams.frames import Decoder, Layouts
from streams.intake import Counted, Intake
from streams.pipeline import Pipeline
from streams.quality import keep_quality
from streams.resume import Resume
from streams.sink import Sink
from streams.standing import STANDING, keep_standing
from streams.watchdog import Watchdog

log = logging.getLogger(__name__)

ROLLUPS = {r.kind: r for r in (CALLS, BOOKINGS, TELEMEDICINE, UPLOADS, KIOSK_TRANSACTIONS)}
AUDIT_SECONDS = 60.0
LIFE_SECONDS = 3.0
WATCH_SECONDS = 30.0
QUALITY_SECONDS = 60.0
ANSWER_SECONDS = 60
"""A connection may be lost without a word: so long a flush waits for it, and no longer."""
UNCOUNTED = ("event_id", "occurred_at", "source", "origin", "sign")  # kinds without a rollup


class NingmaiApp(faust.App):  # type: ignore[misc] # faust is not followed
    """A Faust app whose consumer finds its intake here."""

    intake: Intake
    whole_batches: bool


def create_app(settings: Settings) -> NingmaiApp:
    """The worker of one installation: an agent for each kind."""
    app = NingmaiApp(
        settings.group,
        broker=[f"blocks://{server}" for server in settings.kafka_servers.split(",")],
        store="memory://",
        datadir=settings.data_dir / "worker",
        web_bind=settings.host,  # loopback, and of Faust's own pages only that the worker is there
        web_host=settings.host,
        web_port=settings.worker_port,
        web_tables_enabled=False,
        web_router_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4 * 1024 * 1024,
        stream_buffer_maxsize=8,  # fetches: what waits behind a slow ClickHouse is bounded
        stream_wait_empty=True,
        stream_recovery_delay=0,
        broker_max_poll_records=1000,  # batches
        broker_session_timeout=10,
        broker_heartbeat_interval=1,
        broker_rebalance_timeout=10,
        broker_commit_interval=1,
    )
    auditor = connect(settings)
    app.whole_batches = settings.whole_batches
    app.intake = _intake(app, settings)
    for each in app.intake.counted.values():
        _agent(app, settings, each.pipeline)

    dog = Watchdog()

    @app.task  # type: ignore[untyped-decorator] # faust
    async def watch() -> None:
        dog.start()

    @app.timer(interval=1)  # type: ignore[untyped-decorator] # faust
    async def sign_of_life() -> None:
        dog.hear()

    @app.timer(interval=settings.flush_seconds)  # type: ignore[untyped-decorator] # faust
    async def flush_quiet_topics() -> None:
        await app.intake.flush_when_due()

    @app.timer(interval=settings.far_seconds)  # type: ignore[untyped-decorator] # faust
    async def look_for_far_repeats() -> None:
        await app.intake.look_for_far_repeats()

    @app.timer(interval=LIFE_SECONDS)  # type: ignore[untyped-decorator] # faust
    async def look_for_topics_made_again() -> None:
        topics = await app.intake.made_again()
        await app.consumer.seek_again(
            {tp for tp in app.consumer.assignment() if tp.topic in topics}
        )

    @app.timer(interval=AUDIT_SECONDS)  # type: ignore[untyped-decorator] # faust
    async def audit_the_last_hour() -> None:
        since = datetime.now(UTC) - timedelta(hours=1)
        try:
            await asyncio.to_thread(audit, auditor, settings.database, since)
        except ClickHouseError as error:
            log.warning("The audit is done again later: %s", error)

    look = _watch(settings)

    @app.timer(interval=WATCH_SECONDS)  # type: ignore[untyped-decorator] # faust
    async def look_for_alerts() -> None:
        # One of several workers looks: the one that reads the only partition of the alerts.
        if TP(settings.topic("alerts"), 0) in app.consumer.assignment():
            await asyncio.to_thread(look)

    @app.timer(interval=QUALITY_SECONDS)  # type: ignore[untyped-decorator] # faust
    async def keep_scores() -> None:
        if TP(settings.topic("institutions"), 0) in app.consumer.assignment():
            try:
                for kind in STANDING:  # by now it stands; this heals what somebody changed by hand
                    await asyncio.to_thread(keep_standing, auditor, settings.database, kind)
                await asyncio.to_thread(keep_quality, auditor, settings.database)
            except ClickHouseError as error:
                log.warning("Register and scores of quality are kept again later: %s", error)

    @app.page("/metrics")  # type: ignore[untyped-decorator] # faust
    async def metrics_page(view: View, _request: Request) -> Response:
        await app.consumer.tell_lag()
        return view.bytes(metrics.page(), headers={"Content-Type": metrics.CONTENT_TYPE})

    return app


def _agent(app: NingmaiApp, settings: Settings, pipeline: Pipeline) -> None:
    async def count(fetches: AsyncIterator[Fetch]) -> None:
        async for fetch in fetches:
            await pipeline.take(fetch)

    count.__name__ = count.__qualname__ = pipeline.kind
    topic = app.topic(settings.topic(pipeline.kind), key_serializer="raw", value_serializer="raw")
    app.agent(topic)(count)


def _watch(settings: Settings) -> Callable[[], None]:
    """What looks for alerts once; what fails is done again the next time."""
    client = connect(settings)

    @cache
    def publisher() -> Publisher:  # made when there is something to tell
        return Publisher(settings)

    watch = Watch(client, settings.database, publisher, lambda: lags(settings, client))

    def look() -> None:
        try:
            watch.round(datetime.now(UTC))
        except (ClickHouseError, SchemaError, DeliveryFailed) as error:
            log.warning("Alerts are looked for again later: %s", error)

    return look


def _intake(app: NingmaiApp, settings: Settings) -> Intake:
    registry = Registry(settings)

    async def again(kind: str, partitions: Sequence[int]) -> None:
        await app.consumer.seek_again({TP(settings.topic(kind), n) for n in partitions})

    def client() -> Client:
        return connect(settings, answer_seconds=ANSWER_SECONDS)

    def counted(name: str) -> Counted:
        rollup = ROLLUPS.get(name)
        columns = rollup.columns if rollup else UNCOUNTED
        decoder = Decoder(Layouts(registry, kinds()[name]), columns)
        sink = Sink(client(), settings.database, kinds()[name], rollup)
        pipeline = Pipeline(
            *(Counting(decoder, rollup), sink, again),
            *(settings.flush_seconds, settings.dead_limit),
        )
        far = FarRepeats(client(), settings.database, name, rollup)
        return Counted(pipeline, Resume(client(), settings, name), far)

    return Intake(settings, {name: counted(name) for name in kinds()})


@cache
def _app() -> NingmaiApp:
    # A fetch makes thousands of short-lived objects: at Python's default the collector runs through
    # all of them many times a second, and finds nothing.
    gc.set_threshold(200_000, 50, 100)
    return create_app(Settings())


def __getattr__(name: str) -> Any:
    """``app`` of this module, made from the environment when it is first asked for."""
    if name == "app":
        return _app()
    raise AttributeError(name)
