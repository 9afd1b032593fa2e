"""What the services count, for `/metrics` and for each other's end."""

from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

from engine.core.event import Event
from engine.services.standing import Standing

STALE_S = 10.0
"""A feed that is so late, or an engine that has not heard of its log for so long, is not ready."""


class Place:
    """Whether a service of this process has found its place, and is up to date.

    Services that it does not run are `is_idle`, and nobody waits for them.
    """

    is_idle, is_ready = True, False

    def awaited(self) -> None:
        """Say that the service runs here, and has not found its place yet."""
        self.is_idle = False

    def caught_up(self) -> None:
        """Say that all that was there at the start is worked off."""
        self.is_ready = True

    def holds(self) -> bool:
        """Whether the service is none of this process, or ready."""
        return self.is_idle or self.is_ready


class SequencerMeters(Place):
    """Records that were read, and what became of them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, told: str) -> Counter:
            return Counter(f"margincall_{name}", told, ["topic"], registry=registry)

        self.run = ""
        self._next: dict[str, int] = {}
        self._read = counter("records_read", "Records read by the sequencer.")
        self._letters = counter("dead_letters", "Records that were no commands.")
        self._why = Counter(
            "margincall_poison", "Dead letters by why they are.", ["why"], registry=registry
        )

    def took(self, topic: str, records: int, letters: int) -> None:
        """Count records of a topic and the dead letters among them."""
        self._read.labels(topic).inc(records)
        if letters:
            self._letters.labels(topic).inc(letters)

    def set_aside(self, why: str) -> None:
        """Count a dead letter by the kind of its reason."""
        self._why.labels(why).inc()

    def stands(self, topic: str, following: int) -> None:
        """Say which offset of a topic is read next."""
        self._next[topic] = following

    def taken(self, topic: str) -> int:
        """The offset that is read next of a topic; 0 before the sequencer knows."""
        return self._next.get(topic, 0)


class EngineMeters(Place):
    """How far the engine is, and how it came there."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, told: str) -> Gauge:
            return Gauge(f"margincall_{name}", told, registry=registry)

        def counter(name: str, told: str) -> Counter:
            return Counter(f"margincall_{name}", told, registry=registry)

        self.run = ""
        self.seq = self.offset = 0
        self._answered_at = monotonic()
        self._ready = gauge("caught_up", "1 once all that was in the log at the start is applied.")
        self._commands = counter("commands", "Commands applied by this process.")
        self._replayed = counter("replayed", "Commands applied whose events were durable before.")
        self._dropped = gauge("dropped", "Entries of the log that had been taken before.")
        self._events = counter("events", "Events published by this process.")
        self._seq = gauge("seq", "Number of the newest event.")
        self._offset = gauge("log_offset", "Offset up to which the log is applied.")
        self._lag = gauge("log_lag", "Records of the log that are not applied yet.")
        self._checks = counter("invariant_checks", "Batches after which the invariants held.")
        self._snapshots = counter("snapshots", "Snapshots written.")
        self._snapshot_seq = gauge("snapshot_seq", "Number of the newest event in a snapshot.")
        self._kept_at: float | None = None
        age = gauge("snapshot_age_seconds", "Since the newest snapshot of this process; -1: none.")
        age.set_function(self._age)
        self.snapshot_failures = counter("snapshot_failures", "Snapshots that were not written.")

    def caught_up(self) -> None:
        """Say that all that was in the log at the start is applied."""
        super().caught_up()
        self._ready.set(1)

    def answered(self) -> None:
        """Say that the brokers have handed out records of the log, or told where it ends."""
        self._answered_at = monotonic()

    def holds(self) -> bool:
        """Whether it has caught up, and the brokers have answered lately."""
        is_heard = monotonic() - self._answered_at < STALE_S
        return self.is_idle or (self.is_ready and is_heard)

    def applied(self, commands: int, events: int, *, replayed: bool) -> None:
        """Count commands that were applied and events that were published."""
        self._commands.inc(commands)
        self._events.inc(events)
        self._checks.inc()
        if replayed:
            self._replayed.inc(commands)

    def stands(self, seq: int, offset: int, end: int, dropped: int) -> None:
        """Say how far the engine is."""
        self.seq, self.offset = seq, offset
        self._seq.set(seq)
        self._offset.set(offset)
        self._lag.set(max(0, end - offset))
        self._dropped.set(dropped)

    def kept(self, seq: int) -> None:
        """Count a snapshot."""
        self._snapshots.inc()
        self._snapshot_seq.set(seq)
        self._kept_at = monotonic()

    def _age(self) -> float:
        return -1.0 if self._kept_at is None else monotonic() - self._kept_at


class FanoutMeters(Place):
    """How far the fan-out is, and of which run."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.run = ""
        self.seq = 0
        self._seq = Gauge(
            "margincall_fanout_seq", "Number of the newest event fanned out.", registry=registry
        )

    def of(self, run: bytes | None) -> None:
        """Say of which run an event is, if it says so itself."""
        if run is not None:
            self.run = run.decode("utf-8", "replace")

    def stands(self, seq: int) -> None:
        """Say how far the fan-out is."""
        self.seq = seq
        self._seq.set(seq)


class FeedMeters(Place):
    """How far the feed is, and whether it has `ended`.

    It is ready once it knows where to go on, and as long as it is in time: what is due is sent. One
    that has ended is, too; one that waits for its pace is in time, however long the pause in its
    ticks.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.ended = False
        self._due = monotonic()
        self._sent = Gauge("margincall_feed_sent", "Commands sent by the feed.", registry=registry)

    def stands(self, sent: int) -> None:
        """Say how far the feed is."""
        self._sent.set(sent)
        self._due = monotonic()

    def pauses(self, seconds: float) -> None:
        """Say that nothing is due for so long."""
        self._due = monotonic() + seconds

    def holds(self) -> bool:
        """Whether it knows where to go on, and has sent what was due, or all that there is."""
        in_time = self.ended or monotonic() - self._due < STALE_S
        return self.is_idle or (self.is_ready and in_time)


class BotMeters:
    """What a bot has heard of its account; `is_ready` once it has heard anything at all."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._events = Counter(
            "margincall_bot_events", "Events of the bot's account.", ["type"], registry=registry
        )
        self._seq = Gauge(
            "margincall_bot_seq", "Number of the newest event of its account.", registry=registry
        )
        ProcessCollector(registry=registry)
        self.is_ready = False
        self.standing = Standing()

    def heard(self, event: Event) -> None:
        """Count an event."""
        self.is_ready = True
        self._events.labels(type(event).__name__).inc()
        self._seq.set(event.seq)
        self.standing.seq = max(self.standing.seq, event.seq)

    def about(self) -> dict[str, object]:
        """The run and the newest event that the bot has heard of."""
        return {"run": self.standing.run or None, "seq": self.standing.seq or None}


class Meters:
    """All meters of one process; services that it does not run stay at 0."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.sequencer = SequencerMeters(self.registry)
        self.engine = EngineMeters(self.registry)
        self.fanout = FanoutMeters(self.registry)
        self.feed = FeedMeters(self.registry)
        self.standing = Standing()
        """What was heard of an engine, of this process or another one."""

    def about(self) -> dict[str, object]:
        """The run and the newest event, as far as the services of this process know them."""
        run = self.engine.run or self.sequencer.run or self.fanout.run or self.standing.run
        seq = max(self.engine.seq, self.fanout.seq, self.standing.seq)
        return {"run": run or None, "seq": seq or None}

    def is_ready(self) -> bool:
        """Whether every service of this process has found its place and is up to date."""
        services: tuple[Place, ...] = (self.sequencer, self.engine, self.fanout, self.feed)
        return all(service.holds() for service in services)
