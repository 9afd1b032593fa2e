"""What the services count, for `/metrics` and for each other's end."""

from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

from engine.core.event import Event


class SequencerMeters:
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


class EngineMeters:
    """How far the engine is, and how it came there."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, told: str) -> Gauge:
            return Gauge(f"margincall_{name}", told, registry=registry)

        def counter(name: str, told: str) -> Counter:
            return Counter(f"margincall_{name}", told, registry=registry)

        self.is_idle, self.is_ready = True, False
        self.run = ""
        self.seq = self.offset = 0
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
        self.is_ready = True
        self._ready.set(1)

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


class FanoutMeters:
    """How far the fan-out is."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seq = 0
        self._seq = Gauge(
            "margincall_fanout_seq", "Number of the newest event fanned out.", registry=registry
        )

    def stands(self, seq: int) -> None:
        """Say how far the fan-out is."""
        self.seq = seq
        self._seq.set(seq)


class FeedMeters:
    """How far the feed is, and whether it has `ended`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.ended = False
        self._sent = Gauge("margincall_feed_sent", "Commands sent by the feed.", registry=registry)

    def stands(self, sent: int) -> None:
        """Say how far the feed is."""
        self._sent.set(sent)


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

    def heard(self, event: Event) -> None:
        """Count an event."""
        self.is_ready = True
        self._events.labels(type(event).__name__).inc()
        self._seq.set(event.seq)


class Meters:
    """All meters of one process; services that it does not run stay at 0."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.sequencer = SequencerMeters(self.registry)
        self.engine = EngineMeters(self.registry)
        self.fanout = FanoutMeters(self.registry)
        self.feed = FeedMeters(self.registry)

    def about(self) -> dict[str, object]:
        """The run and the newest event, as far as the services of this process know them."""
        run = self.engine.run or self.sequencer.run
        return {"run": run or None, "seq": max(self.engine.seq, self.fanout.seq) or None}

    def is_ready(self) -> bool:
        """Whether an engine of this process, if it has one, is up to date."""
        return self.engine.is_idle or self.engine.is_ready
