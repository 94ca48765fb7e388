import pytest
from typer.testing import CliRunner

from ningmai.cli import app
from ningmai.cli.institutions import institutions_app

COMMANDS = [
    command.name or command.callback.__name__
    for command in institutions_app.registered_commands
    if command.callback
]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_teaches_itself_by_an_example(name: str) -> None:
    answer = CliRunner().invoke(app, ["institutions", name, "--help"])
    assert answer.exit_code == 0
    assert f"ningmai institutions {name} " in answer.output
