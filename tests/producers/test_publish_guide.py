"""docs/publish.md tells source systems the truth."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "publish.md").read_text("utf-8")
RULES = (ROOT / "schemas" / "rules.py").read_text("utf-8")
EVENTS = (ROOT / "producers" / "events.py").read_text("utf-8")


def test_every_rule_that_can_refuse_an_event_is_explained() -> None:
    raised = set(re.findall(r'RuleBroken\(\s*[\w"]+,\s*"(\w+)"', RULES + EVENTS))
    given = set(re.findall(r'(?<!RuleBroken)\("(\w+)", f?"', RULES))
    explained = set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE))
    assert len(raised | given) > 10
    assert raised | given <= explained


def test_its_first_example_runs() -> None:
    from producers.testing import RecordingPublisher

    (code,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
        if "Settings" in block
    )
    publisher = RecordingPublisher()
    code = code.replace("from producers import Call, Publisher", "from producers import Call")
    exec(code, {"Publisher": lambda _settings: publisher})  # the guide's own text
    publisher.assert_published("calls", city="nanjing")
