"""Markdown: tables in pipes, charts as bars of block letters."""

from ningmai.bulletin.model import Cell, Chart, Document, Paragraph, Table, grid

BAR = 24
"""Letters of the longest bar."""
MARKS = {"left": ":---", "right": "---:", "center": ":---:"}


def write(document: Document) -> bytes:
    """The document in UTF-8."""
    return text(document).encode()


def text(document: Document) -> str:
    """The document as one text, ending in a line end."""
    parts = [f"# {_escaped(document.title)}"]
    parts.append("  \n".join(map(_escaped, document.under)))
    for section in document.sections:
        parts.append(f"## {_escaped(section.title)}")
        for block in section.blocks:
            if isinstance(block, Paragraph):
                parts.append(_paragraph(block))
            elif isinstance(block, Table):
                parts.append(_table(block))
            else:
                parts.append(_chart(block))
    return "\n\n".join(parts) + "\n"


def _paragraph(block: Paragraph) -> str:
    said = _escaped(block.text)
    return {"body": said, "note": said, "warning": f"**{said}**"}[block.manner]


def _table(table: Table) -> str:
    """Pipes know one header row and no cell over several: upper heads stand before the lower."""
    lines = [_line(_heads(table)), _line([MARKS[column.align] for column in table.columns])]
    body = grid((*table.rows, *table.totals))
    for row in body:
        cells = [""] * len(table.columns)
        for at, cell in row:
            cells[at] = _escaped(cell.text)
        lines.append(_line(cells))
    title = f"**{_escaped(table.title)}**\n\n" if table.title else ""
    return title + "\n".join(lines)


def _heads(table: Table) -> list[str]:
    heads: list[list[Cell]] = [[] for _ in table.columns]
    for row in grid(table.header):
        for at, cell in row:
            for column in range(at, at + cell.across):
                heads[column].append(cell)
    return [_escaped("/".join(cell.text for cell in column)) for column in heads]


def _chart(chart: Chart) -> str:
    title = f"**{_escaped(chart.title)}（{chart.unit}）**"
    most = float(max(sum(values) for _, values in chart.bars))
    head = ["", *chart.series] if chart.series[1:] else ["", chart.series[0]]
    lines = [_line([*head, ""]), _line([":---", *["---:"] * len(chart.series), ":---"])]
    for label, values in chart.bars:
        bar = "█" * max(1, round(float(sum(values)) / most * BAR))
        lines.append(_line([_escaped(label), *map(str, values), bar]))
    return f"{title}\n\n" + "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(said: str) -> str:
    """Text as it is: what Markdown would take for a mark is made a letter."""
    for mark in ("\\", "|", "*", "_", "`", "<", "[", "#"):
        said = said.replace(mark, f"\\{mark}")
    return " ".join(said.split())
