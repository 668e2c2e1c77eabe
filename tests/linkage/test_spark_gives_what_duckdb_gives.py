"""`--engine spark`: pairs, weights and clusters as on one machine, and a clear word where Spark is not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.errors import Misuse, SparkFailed, SparkMissing
from gateway.linkage import candidates, cluster, glance, spark, spark_context
from gateway.linkage.link import Request, link
from tests.linkage.conftest import population, write

java = pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java on this machine")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Outcome, edges and file of either engine over one register, of several parts and with a glance at each pair."""
    pytest.importorskip("pyspark", reason="the extra [spark] is not installed")
    folder = tmp_path_factory.mktemp("engines")
    register = write(folder / "in.csv", population(400))
    edges, clustered = {}, cluster.cluster

    def watched(con, *rest, **named) -> None:
        edges[engine] = con.execute("SELECT * FROM edges ORDER BY l, r").fetchall()
        clustered(con, *rest, **named)

    outcomes = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "cluster", watched)
        patch.setattr(candidates, "PAIRS_A_PIECE", 2_000)
        patch.setattr(spark, "PAIRS_A_PIECE", 2_000)
        patch.setattr(glance, "WORTHWHILE", 1)
        for engine in ("duckdb", "spark"):
            request = Request(register, folder / engine, engine=engine, spark_master="local[2]")
            outcomes[engine] = link(request)
    return outcomes, edges, {engine: (folder / engine).read_bytes() for engine in outcomes}


@java
@pytest.mark.tool
def test_pairs_and_weights_are_the_same_to_the_ninth_digit(both) -> None:
    _, edges, _ = both
    here, there = edges["duckdb"], edges["spark"]
    assert len(here) > 100
    assert [edge[:2] for edge in there] == [edge[:2] for edge in here]
    for one, other in zip(here, there, strict=True):
        assert one[2:] == pytest.approx(other[2:], abs=1e-9)


@java
@pytest.mark.tool
def test_the_files_of_clusters_are_the_same_to_the_byte(both) -> None:
    _, _, files = both
    assert files["spark"] == files["duckdb"]
    assert files["spark"].count(b"white") > 100


@java
@pytest.mark.tool
def test_what_was_counted_is_the_same(both) -> None:
    here, there = both[0]["duckdb"], both[0]["spark"]
    assert there.compared == here.compared
    assert there.histogram == here.histogram


@java
@pytest.mark.tool
def test_a_master_that_is_none_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="the extra [spark] is not installed")
    with pytest.raises(SparkFailed, match="nonsense") as refused, spark_context.context("nonsense", tmp_path):
        pass
    assert refused.value.where == "nonsense"


def test_spark_of_another_work_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pyspark = pytest.importorskip("pyspark", reason="the extra [spark] is not installed")
    monkeypatch.setattr(pyspark.SparkContext, "_active_spark_context", object())
    with pytest.raises(Misuse, match="runs Spark already"), spark_context.context("local[1]", tmp_path):
        pass


@pytest.mark.parametrize(("master", "host"), [("", "127.0.0.1"), ("local[2]", "127.0.0.1"), ("spark://far:7077", None)])
def test_on_one_machine_spark_listens_on_the_loopback_only(tmp_path: Path, master: str, host: str | None) -> None:
    pyspark = pytest.importorskip("pyspark", reason="the extra [spark] is not installed")
    conf = spark_context.settings(pyspark.SparkConf(loadDefaults=False), master, tmp_path)
    assert conf.get("spark.driver.host") == conf.get("spark.driver.bindAddress") == host
    assert conf.get("spark.ui.enabled") == "false"


def test_without_java_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_context, "find_spec", lambda name: name)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    register = write(tmp_path / "in.csv", population(3))
    with pytest.raises(SparkMissing, match="no Java") as refused:
        link(Request(register, tmp_path / "out.csv", engine="spark"))
    assert "Java 17" in refused.value.title("en")
    assert "Java 17" in refused.value.title("ru")
    assert not (tmp_path / "out.csv").exists()


def test_without_the_extra_it_is_said_which_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_context, "find_spec", lambda _name: None)
    register = write(tmp_path / "in.csv", population(3))
    with pytest.raises(SparkMissing, match="pyspark") as refused:
        link(Request(register, tmp_path / "out.csv", engine="spark"))
    assert "[spark]" in refused.value.title("en")
    assert "[spark]" in refused.value.title("ru")
