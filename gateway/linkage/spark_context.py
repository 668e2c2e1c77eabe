"""Spark, started for one linkage and gone after it: the one place that knows how."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Final

from gateway.errors import Misuse, SparkFailed, SparkMissing

_ROOT: Final = str(Path(__file__).parents[2])
_PATIENCE: Final = 30
"""Seconds that Spark is given to end by itself."""
_SAID: Final = 600
"""Signs of a foreign complaint that are passed on."""


def ready() -> None:
    """Whether this machine can start Spark at all, asked before the work begins (SparkMissing)."""
    if find_spec("pyspark") is None:
        raise SparkMissing("The optional package pyspark is not installed.", where="--engine")
    home = os.environ.get("JAVA_HOME", "")
    java = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if java is None:
        raise SparkMissing("There is no Java on this machine.", where="JAVA_HOME" if home else "PATH")


@contextmanager
def context(master: str, scratch: Path) -> Iterator[Any]:
    """A SparkContext on `master`, or on what the environment names, or on all cores of this machine.

    What Spark tells goes to a file in `scratch`: standard output belongs to the command. On one machine it
    listens on the loopback interface only. SparkMissing, SparkFailed, Misuse.
    """
    pyspark: Any = import_module("pyspark")
    kind = pyspark.SparkContext
    if kind._active_spark_context is not None:  # noqa: SLF001 - the only way to ask without starting one.
        raise Misuse("This process runs Spark already, and Spark runs once a process.", where="--engine")
    with (scratch / "spark.log").open("wb") as log:
        gateway = _machine(log)
        try:
            conf = settings(pyspark.SparkConf(loadDefaults=True, _jvm=gateway.jvm), master, scratch)
            try:
                spark = kind(gateway=gateway, conf=conf)
            except _foreign() as error:
                raise SparkFailed(_said(error), where=master or "--spark-master", reason=str(error)) from error
            if spark.master.startswith("local"):
                spark.pythonExec = sys.executable
            try:
                yield spark
            except _foreign() as error:
                raise SparkFailed(_said(error), where=spark.master, reason=str(error)) from error
            finally:
                spark.stop()
        finally:
            # The next linkage of this process starts another machine.
            kind._gateway = kind._jvm = None  # noqa: SLF001 - Spark offers no other way.
            _end(gateway)


def _machine(log: IO[bytes]) -> Any:
    """A Java machine with Spark's classes (SparkMissing where there is none that can run them)."""
    try:
        return import_module("pyspark.java_gateway").launch_gateway(
            popen_kwargs={"stdout": log, "stderr": subprocess.STDOUT}
        )
    except _foreign() as error:
        told = Path(log.name).read_text("utf-8", errors="replace").strip()
        raise SparkMissing("Java does not start Spark.", where="JAVA_HOME", reason=told[-_SAID:]) from error


def settings(conf: Any, master: str, scratch: Path) -> Any:
    """Ours beside those of the environment (spark-defaults.conf, the options of spark-submit)."""
    conf.setAppName("gateway link")
    conf.set("spark.ui.enabled", "false")
    if master:
        conf.set("spark.master", master)
    conf.setIfMissing("spark.master", "local[*]")
    if conf.get("spark.master").startswith("local"):
        conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
        conf.set("spark.local.dir", str(scratch))
        conf.set("spark.executorEnv.PYTHONPATH", _ROOT)
    return conf


def _end(gateway: Any) -> None:
    gateway.shutdown()
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()


def _foreign() -> tuple[type[Exception], ...]:
    """What Spark raises; the packages are optional, and so are known only here."""
    return import_module("pyspark.errors").PySparkException, import_module("py4j.protocol").Py4JError


def _said(error: Exception) -> str:
    """The last words of a traceback that came from an executor, or else the first of the complaint."""
    text = str(error)
    marked = [line.strip() for line in text.splitlines() if "Error: " in line or "Exception: " in line]
    return (marked[0] if marked else text.strip().partition("\n")[0])[:_SAID]
