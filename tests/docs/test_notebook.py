"""The notebook draws the month: its cells run in order, and the file keeps no outputs."""

import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import City

NOTEBOOK = Path(__file__).parents[2] / "docs/notebooks/month.ipynb"
CELLS: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]
PICTURES = 5


def test_it_is_kept_without_outputs() -> None:
    ran = [cell for cell in CELLS if cell.get("outputs") or cell.get("execution_count")]
    assert ran == []


@pytest.fixture
def plots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    matplotlib = pytest.importorskip("matplotlib", reason="comes with the extra of benchmarks")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


@pytest.mark.engine
def test_its_cells_draw_september_with_chinese_labels(
    city: City, plots: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("NINGMAI_")]:
        monkeypatch.delenv(name)
    for name, value in city.settings.environment().items():
        monkeypatch.setenv(name, value)
    names: dict[str, Any] = {}
    for cell in CODE:
        exec(compile(cell, NOTEBOOK.name, "exec"), names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a glyph that the font lacks is a warning
        for number in plots.get_fignums():
            plots.figure(number).canvas.draw()
    assert len(plots.get_fignums()) == PICTURES
    titles = [plots.figure(number).axes[0].get_title() for number in plots.get_fignums()]
    assert all(title.startswith("2020年9月") for title in titles)
    assert sum(names["calls"].values()) > 0
