import re
from pathlib import Path

import pytest

from ningmai.settings import Settings
from producers.bulletin import read
from schemas.catalogue import catalogue

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
FILE = re.compile(r"`((?:streams|schemas|clickhouse|producers|ningmai|tests|benchmarks)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_file_named_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    missing += [name for name in FILE.findall(text) if not (ROOT / name).exists()]
    assert missing == []


def test_the_runbook_lists_every_setting_with_its_meaning() -> None:
    runbook = (ROOT / "docs/runbook.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        default = "" if field.default == "" else f" `{field.default}`"
        assert f"| `NINGMAI_{name.upper()}` |{default} | {field.description} |" in runbook


def test_the_glossary_has_every_term_of_the_bulletin() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text("utf-8")
    printed = {label.label.replace("{month}", "9") for label in catalogue().labels()}
    for table in read("2020-09").tables.values():
        printed |= {column for column in table.header if column}
    assert {term for term in printed if f"| {term} |" not in glossary} == set()
