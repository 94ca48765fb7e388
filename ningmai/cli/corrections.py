"""``ningmai corrections``."""

from ningmai.cli.bulletin import Of, Out, check_ending, deliver, month_of
from ningmai.cli.options import DataDir, reached


def corrections(month: Of, out: Out = None, data_dir: DataDir = None) -> None:
    """Write the correction notice of a closed month, in Chinese.

    Every figure that differs from what was published last, with the events that made it differ:
    what arrived since, retractions and amendments, repeats that were found, dead letters sent
    again, statements and entries of the register.

        ningmai corrections 2020-09

        ningmai corrections 2020-09 --out 2020-09-corrections.docx
    """
    from clickhouse.client import connect
    from ningmai.bulletin import read_facts
    from ningmai.closing import differs
    from ningmai.closing.arrived import by_kind, causes
    from ningmai.closing.notice import MOST, Notice, compose
    from ningmai.stack.stack import ensure_clickhouse

    of = month_of(month)
    check_ending(out)
    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        client = connect(settings)
        now = read_facts(client, of)
        closing, found = differs(client, of, now.bulletin)
        since = causes(client, of, by_kind(closing.positions), MOST)
    document = compose(Notice(of, closing, found, since, now.as_of))
    deliver(document, out, f"{len(found)} differences from closing {closing.number}")
