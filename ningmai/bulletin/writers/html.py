"""One HTML file that needs no other: styles, charts and the letters that it uses are in it."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ningmai.bulletin.fonts import FAMILY, known, webfont
from ningmai.bulletin.model import Cell, Chart, Document, Paragraph, Table, grid
from ningmai.bulletin.svg import svg


def write(document: Document) -> bytes:
    """The document in UTF-8."""
    template = _environment().get_template("bulletin.html.j2")
    page = template.render(document=document, family=FAMILY, fonts={})
    # What is not in the fonts here the browser takes from its own.
    letters = sorted(one for one in set(page) if ord(one) in known())
    fonts = {weight: Markup(webfont(letters, weight)) for weight in (400, 700)}
    return template.render(document=document, family=FAMILY, fonts=fonts).encode()


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ningmai.bulletin.writers", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["paragraph"] = lambda block: isinstance(block, Paragraph)
    environment.tests["table"] = lambda block: isinstance(block, Table)
    environment.filters["svg"] = _svg
    environment.filters["placed"] = grid
    environment.globals["span"] = _span
    return environment


def _svg(chart: Chart) -> Markup:
    """Already markup: every text in it was escaped when it was drawn."""
    return Markup(svg(chart))


def _span(cell: Cell) -> Markup:
    """The attributes of a cell that covers others."""
    spans = (("colspan", cell.across), ("rowspan", cell.down))
    return Markup("".join(f' {name}="{count}"' for name, count in spans if count > 1))
