"""A document in the format that a file's ending names. Each writer is imported when it is asked."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from ningmai.bulletin.model import Document

FORMATS: Mapping[str, str] = {
    ".html": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".md": "md",
    ".xlsx": "xlsx",
}
"""Module of each ending; its ``write`` makes the bytes of the file."""


def write(document: Document, path: Path) -> None:
    """Write the file, whole or not at all. Raises KeyError for an ending that is none of FORMATS,
    ImportError where the packages of the extra ``bulletin`` aren't there, OSError."""
    writer: Callable[[Document], bytes] = import_module(
        f"{__name__}.{FORMATS[path.suffix.lower()]}"
    ).write
    made = writer(document)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(made)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
