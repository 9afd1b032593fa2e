"""A real Apache Kafka on loopback: nodes that are broker and controller, each in its own folder.

Topics are never made by themselves. A broker that was killed comes back with what it had.
"""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from engine.bus.rights import BROKER
from tests.kafka.jars import NoBroker, jars
from tests.support.source import ROOT

READY = "Kafka Server started"
READY_S, STOP_S = 90, 10
SECURE = ROOT / "configs" / "kafka" / "secure.properties"
JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
CLUSTER = "bWFyZ2luY2FsbC10ZXN0cw"
"""Any 16 bytes in base64; random ones may begin with a '-', which the tool takes for an option."""
PROPERTIES = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
controller.listener.names=CONTROLLER
listeners=CLIENT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
log.dirs={folder}/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
log.cleaner.dedupe.buffer.size=8388608
"""


THREE_NODES = """\
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
min.insync.replicas=2
"""


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody has right now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Broker:
    """One node; `bootstrap` is its address. Raises `NoBroker` where the machine has no Java."""

    def __init__(
        self,
        folder: Path,
        password: str | None = None,
        controllers: Sequence[int] = (),
        node: int = 1,
    ) -> None:
        """With a password it lets nobody in whom it does not know, and knows its own user.

        Of a cluster, `controllers` are the ports of all nodes' controllers, and `node` counts
        from 1.
        """
        self._folder = folder
        self._environment = dict(os.environ)
        self._libraries = jars()
        port, own = free_ports(2)
        ports = controllers or (own,)
        voters = ",".join(f"{at}@127.0.0.1:{each}" for at, each in enumerate(ports, 1))
        self.bootstrap = f"127.0.0.1:{port}"
        self._settings = folder / "server.properties"
        told = PROPERTIES.format(
            node=node, voters=voters, port=port, controller=ports[node - 1], folder=folder
        )
        if len(ports) > 1:
            told += THREE_NODES
        first_user: tuple[str, ...] = ()
        if password is not None:
            told += SECURE.read_text()
            self._environment["MARGINCALL_BROKER_PASSWORD"] = password
            arguments = folder / "first-user"
            arguments.write_text(
                f"--add-scram\nSCRAM-SHA-256=[name={BROKER},password={password}]\n"
            )
            first_user = (f"@{arguments}",)
        self._settings.write_text(told)
        self._process: subprocess.Popen[str] | None = None
        done = self._java("kafka.tools.StorageTool", "format", *first_user, "-t", CLUSTER, "-c")
        said, _ = done.communicate(timeout=READY_S)
        if done.returncode != 0:
            raise NoBroker(f"the broker's folder could not be made: {said[-500:]}")

    def start(self) -> None:
        """Start the node, or start it again; returns once it takes requests."""
        assert self._process is None, "it is running"
        process = self._java("kafka.Kafka")
        ready = threading.Event()
        heard: list[str] = []

        def listen() -> None:
            assert process.stdout is not None, "it was asked for"
            with process.stdout as said, (self._folder / "broker.log").open("a") as log:
                for line in said:
                    log.write(line)
                    heard.append(line)
                    if READY in line:
                        ready.set()
            ready.set()

        self._listener = threading.Thread(target=listen, daemon=True)
        self._listener.start()
        self._process = process
        if not ready.wait(READY_S) or process.poll() is not None:
            self.kill()
            raise NoBroker(f"the broker did not start: {''.join(heard[-5:])}")

    def stop(self) -> None:
        """End the node; it is killed if it takes its time."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._gone(self._process)

    def kill(self) -> None:
        """End the node at once, with SIGKILL."""
        assert self._process is not None, "it is not running"
        self._process.kill()
        self._gone(self._process)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the node stand still meanwhile, with all its connections open."""
        assert self._process is not None, "it is not running"
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _gone(self, process: "subprocess.Popen[str]") -> None:
        process.wait()
        self._listener.join()
        self._process = None

    def _java(self, *arguments: str) -> "subprocess.Popen[str]":
        command = ["java", *JVM, "-cp", f"{self._libraries}/*", *arguments, str(self._settings)]
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self._folder,
            env=self._environment,
        )


class Cluster:
    """Three nodes, of which one may be away; `bootstrap` names all of them."""

    def __init__(self, folder: Path) -> None:
        controllers = free_ports(3)
        self.nodes = []
        for number in (1, 2, 3):
            (own := folder / f"node-{number}").mkdir()
            self.nodes.append(Broker(own, None, controllers, number))
        self.bootstrap = ",".join(node.bootstrap for node in self.nodes)

    def start(self) -> None:
        """Start all nodes at once: none of them is ready before it has met another."""
        with ThreadPoolExecutor() as threads:
            list(threads.map(Broker.start, self.nodes))

    def stop(self) -> None:
        """End all nodes at once."""
        with ThreadPoolExecutor() as threads:
            list(threads.map(Broker.stop, self.nodes))
