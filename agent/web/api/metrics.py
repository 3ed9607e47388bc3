"""GET /metrics: how everything stands and what this process did, as Prometheus reads it. Takes an operator's token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from agent.measures import REGISTRY
from agent.web.api.operations import Operation
from agent.web.api.roles import Role
from agent.web.api.status_api import StatusTold, get_status


class _Standing(Collector):
    """The status in numbers. What belongs to the database is the same whichever agent tells it."""

    def __init__(self, status: StatusTold) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        told = self._status
        yield InfoMetricFamily(
            "zohosync_agent", "The agent that answers.",
            value={"version": told.agent.version, "schema": told.agent.schema_revision},
        )  # fmt: skip
        events = GaugeMetricFamily("zohosync_events", "Events in the inbox, by status.", labels=["status"])
        for status in ("pending", "processing", "failed", "waiting"):
            events.add_metric([status], getattr(told.inbox, status))
        yield events
        yield _gauge("zohosync_due_seconds", "For how long work is due.", told.inbox.due_seconds or 0)
        stopped = GaugeMetricFamily(
            "zohosync_target_stopped", "1: no work goes there now.", labels=["target"]
        )
        for target in ("zoho", "moodle"):
            stopped.add_metric([target], any(one.target == target for one in told.stopped))
        yield stopped
        yield from self._modules()
        yield from self._others()

    def _modules(self) -> Iterator[Metric]:
        enabled = GaugeMetricFamily("zohosync_module_enabled", "1: it is switched on.", labels=["entity"])
        passed = GaugeMetricFamily(
            "zohosync_pass_timestamp_seconds",
            "When the last pass ended well, by kind.",
            labels=["entity", "kind"],
        )
        broken = GaugeMetricFamily("zohosync_pass_failed", "1: the last pass broke off.", labels=["entity"])
        records = GaugeMetricFamily("zohosync_records", "Records by state.", labels=["entity", "state"])
        for one in self._status.modules:
            enabled.add_metric([one.entity], one.enabled)
            for kind, moment in (("any", one.standing.last_pass_at), ("full", one.standing.last_full_at)):
                if moment:
                    passed.add_metric([one.entity, kind], moment.timestamp())
            broken.add_metric([one.entity], bool(one.standing.last_error))
            for state, number in one.standing.records.items():
                records.add_metric([one.entity, state], number)
        yield from (enabled, passed, broken, records)

    def _others(self) -> Iterator[Metric]:
        moodle, zoho = self._status.moodle, self._status.zoho
        reached = GaugeMetricFamily(
            "zohosync_target_reached", "1: it answered when it was last asked.", labels=["target"]
        )
        for target, error in (("moodle", moodle.error), ("zoho", zoho.error)):
            reached.add_metric([target], error is None)
        yield reached
        yield _gauge(
            "zohosync_clocks_apart_seconds", "Moodle's clock against the agent's.", moodle.seconds_apart
        )
        if zoho.credits_remaining is not None:
            yield _gauge(
                "zohosync_zoho_credits", "API credits left in the rolling day.", zoho.credits_remaining
            )
        if moodle.status is not None:
            outbox = GaugeMetricFamily("zohosync_outbox", "Rows of Moodle's outbox.", labels=["status"])
            outbox.add_metric(["pending"], moodle.status.outboxpending)
            outbox.add_metric(["dead"], moodle.status.outboxdead)
            yield outbox
            yield _gauge(
                "zohosync_moodle_cron_timestamp_seconds", "Moodle's last cron.", moodle.status.lastcron
            )


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


@dataclass(frozen=True)
class ForPrometheus(Operation):
    """The status, told otherwise."""

    async def __call__(self, request: web.Request) -> web.Response:
        """Answer in Prometheus' text format.

        Raises:
            ProblemError: no token (401), or the database does not answer (503).
        """
        status = (await self.told(request)).content
        assert isinstance(status, StatusTold)  # noqa: S101 - it is what the operation replies
        standing = CollectorRegistry()
        standing.register(_Standing(status))
        text = generate_latest(standing) + generate_latest(REGISTRY)
        headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
        return web.Response(body=text, headers=headers)


METRICS = ForPrometheus(
    "GET", "/metrics", Role.OPERATOR, "How everything stands, for Prometheus", get_status, StatusTold
)
