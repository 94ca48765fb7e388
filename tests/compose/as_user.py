"""Ask chDB as one of the server's users: run in a folder whose config.xml names users.xml.

Reads statements from standard input as a JSON list, prints a JSON list of answers: rows as text,
or the error.
"""

import json
import sys
from typing import Any

import chdb


def main(folder: str) -> None:
    connection = chdb.connect(folder)
    print(json.dumps([answer(connection, statement) for statement in json.load(sys.stdin)]))


def answer(connection: Any, statement: str) -> str:
    try:
        found = connection.query(statement, "TSVRaw")
    except RuntimeError as error:  # what chDB raises for every exception of the engine
        return str(error)
    return found.bytes().decode().strip() if found else ""


if __name__ == "__main__":
    main(sys.argv[1])
