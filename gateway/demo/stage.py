"""The stage of the demo: real node and service processes on loopback, and a look into their databases."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from gateway.clock import utc_now
from gateway.demo.population import Population, write_population
from gateway.exchange.node import Node
from gateway.founding import make_node, open_node, starting_settings
from gateway.settings import load
from gateway.trust import certificates, keyfiles
from gateway.trust.keyfiles import Signer

AZE_KEY = "demo-only-key-of-the-aze-service"
_START = 60.0
"""Seconds a process may take to answer."""
_STOP = 20.0


class Failed(Exception):  # noqa: N818 - a step of the report fails; it is not an error of the program.
    """A step did not hold; the text says what was seen instead."""


def expect(holds: object, otherwise: str) -> None:
    """Fail the step unless it holds."""
    if not holds:
        raise Failed(otherwise)


@dataclass
class Process:
    """One process of ours; ended by its own id and nothing else."""

    name: str
    arguments: list[str]
    url: str
    ready: str
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Start it; several can be started before the first is waited for."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
                [sys.executable, "-m", *self.arguments],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self.environment},
            )

    def await_ready(self) -> None:
        """Wait until it answers (Failed when it ends instead, or takes too long)."""
        deadline = time.monotonic() + _START
        while time.monotonic() < deadline:
            if self.running is None or self.running.poll() is not None:
                raise Failed(f"{self.name} ended at once; see {self.log}")
            try:
                if httpx.get(self.url + self.ready, timeout=2, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise Failed(f"{self.name} does not answer within {_START:.0f} s; see {self.log}")

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is tidied up."""
        if self.running is not None:
            self.running.send_signal(signal.SIGKILL)
            self.running.wait(_STOP)

    def stop(self) -> None:
        """End it in peace, or without after a while."""
        if self.running is None or self.running.poll() is not None:
            return
        self.running.terminate()
        try:
            self.running.wait(_STOP)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Stage:
    """Everything the steps work with."""

    directory: Path
    population: Population
    ports: dict[str, int]
    processes: dict[str, Process] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    """State to its node, opened here beside the running process: to look into its database."""
    signers: dict[str, Signer] = field(default_factory=dict)
    """Agency to its key."""

    def url(self, name: str) -> str:
        """Address of a node or service."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def stop(self) -> None:
        """End every process."""
        for process in reversed(self.processes.values()):
            process.stop()
        for node in self.nodes.values():
            node.database.close()

    def agency(self, name: str) -> Signer:
        """The key of an agency, made when it is first needed."""
        if name not in self.signers:
            folder, password = self.directory / "agencies" / name.replace("/", "-"), b"demo"
            certificate = keyfiles.create(folder, party=name, algorithm="p256", password=password, now=utc_now())
            path = keyfiles.key_path(folder, certificates.key_id(certificate))
            self.signers[name] = keyfiles.open_signer(path, certificate, password)
        return self.signers[name]


NODES = {"BLR": "p256", "KAZ": "rsa", "UZB": "ed25519"}
"""The nodes and their kinds of key: every algorithm of the profile is seen at work."""

_JOBS = {
    "BLR": (
        ("push-kaz", "push", "KAZ/GATE", 1),
        ("push-uzb", "push", "UZB/GATE", 1),
        ("pull-aze", "pull", "AZE/DMX", 2),
    ),
    "KAZ": (("pull-kgz", "pull", "KGZ/MIG", 2), ("push-kgz", "push", "KGZ/MIG", 2)),
    "UZB": (("pull-kaz", "pull", "KAZ/GATE", 1),),
}


@contextmanager
def staged(directory: Path, seed: int) -> Iterator[Stage]:
    """A fresh stage; everything on it is ended when the block ends."""
    if directory.exists():
        shutil.rmtree(directory)
    directory.mkdir(parents=True)
    population = write_population(directory / "population", seed, today=utc_now().date())
    stage = Stage(directory, population, dict(zip((*NODES, "KGZ", "AZE"), _free_ports(5), strict=True)))
    try:
        yield stage
    finally:
        stage.stop()


def found_nodes(stage: Stage) -> None:
    """Make the three nodes with their keys and jobs; nothing runs yet."""
    for state, algorithm in NODES.items():
        place = stage.directory / state.lower()
        text = starting_settings(state=state, agency="GATE", host="127.0.0.1", port=stage.ports[state])
        text = text.replace("every = 5\n", "every = 1\n").replace("every = 300\n", "every = 5\n")
        text = f'contact = "duty officer {state}"\ndelivery_timeout = 5\ndelivery_backoff = 0.5\nlease = 3\n{text}'
        for name, kind, partner, every in _JOBS[state]:
            text += f'\n[[jobs]]\nname = "{name}"\nkind = "{kind}"\npartner = "{partner}"\nevery = {every}\n'
        # Small batches, so that a transfer takes many messages and can be interrupted between them.
        text += "\n[limits]\nbatch_records = 25\n"
        make_node(place, text, algorithm=algorithm, now=utc_now())
        stage.nodes[state] = open_node(load(place / "gateway.toml"))
        stage.processes[state] = Process(
            state,
            ["gateway", "serve", "--config", str(place / "gateway.toml")],
            stage.url(state),
            "/health/ready",
            stage.directory / f"{state.lower()}.log",
            {"GATEWAY_AZE_KEY": AZE_KEY},
        )


def start_services(stage: Stage) -> None:
    """Start the two foreign services, which know nothing of this gateway."""
    for name in ("KGZ", "AZE"):
        data = stage.population.directory / name.lower() / "data.json"
        stage.processes[name] = Process(
            name,
            [f"gateway.demo.services.{name.lower()}", "--port", str(stage.ports[name]), "--data", str(data)],
            stage.url(name),
            "/stats",
            stage.directory / f"{name.lower()}.log",
            {"GATEWAY_AZE_KEY": AZE_KEY},
        )
        stage.processes[name].start()


def wait_for(what: str, holds: Callable[[], bool], *, seconds: float = 120.0) -> None:
    """Wait until it holds; Failed when it does not within the time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.2)


def _free_ports(count: int) -> list[int]:
    """Ports nobody listens on now; all are held until the last is found, so they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
