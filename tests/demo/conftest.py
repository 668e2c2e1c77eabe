"""One population for all tests of this folder: it is drawn once and only read."""

from __future__ import annotations

import pytest

from gateway.demo.population import Population, write_population


@pytest.fixture(scope="session")
def population(tmp_path_factory: pytest.TempPathFactory) -> Population:
    return write_population(tmp_path_factory.mktemp("population"))
