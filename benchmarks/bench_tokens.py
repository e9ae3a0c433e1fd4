"""What a model is sent of a listing: our preview against the raw JSON text of the same replies.

The invoices of the demo, 100 of them and all 40,000. Ours is the text that `%%ask` gives the model for the call: name,
size, columns with their kinds, five rows, completeness, notes; the rows stay in the frame. The peer is what a client
without frames sends: the text blocks of the replies. Both are counted by the same estimate, 2.8 characters a token.

    python benchmarks/bench_tokens.py
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from common import own_places, print_table

from jupyter_connectors.answering.preview import Facts, frame_preview, tokens
from jupyter_connectors.calls import new_call
from jupyter_connectors.frames.result import Result
from jupyter_connectors.models import Bound
from jupyter_connectors.text import plural
from servers import BILLING, nobody, our_hub

SIZES = (100, None)
GOAL = 2_000


async def listings(place: Path) -> list[Result]:
    """The invoices, once for each size."""
    async with our_hub(place) as hub:
        tool = hub.find(BILLING, "list_invoices")
        return [await hub.call(new_call(tool, {}, bound=Bound(limit=size)), approve=nobody) for size in SIZES]


def preview(result: Result) -> str:
    """What the toolset of `%%ask` says of this result."""
    lists = [
        f"the lists in {name} are the frame invoices_{name}: {plural(len(rows), 'row')}, by parent_id"
        for name, rows in result.children.items()
    ]
    facts = Facts(name="invoices", completeness=result.completeness.line, notes=[*result.notes, *lists])
    return frame_preview(result.df, facts)


def line(result: Result) -> tuple[str, ...]:
    raw, ours = tokens(result.text), tokens(preview(result))
    return (
        f"{plural(result.rows, 'invoice')}, {plural(result.pages, 'page')}",
        f"{raw:,}",
        f"{ours:,}",
        f"{raw / ours:,.0f}",
    )


def main() -> None:
    with own_places() as place:
        lines = [line(result) for result in asyncio.run(listings(place))]
    print_table(
        f"Tokens of a result in the model's context (goal: at most {GOAL:,} at any size)",
        ("", "raw JSON (peer)", "preview", "ratio"),
        lines,
    )


if __name__ == "__main__":
    main()
