"""Text of servers and models, where a person or a renderer reads it: nothing fetched, run, hidden or imitated."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import mistune
import pytest

from jupyter_connectors.calls import new_call
from jupyter_connectors.frames.collect import Progress, collect
from jupyter_connectors.frames.result import Result
from jupyter_connectors.markdown import harmless
from jupyter_connectors.models import Json, Reply, Tool
from jupyter_connectors.progress import bar
from jupyter_connectors.show import code, directory_bundle, escaped, result_bundle
from jupyter_connectors.showtools import review_bundle, tools_bundle
from jupyter_connectors.text import one_line, visible

RENDER = mistune.create_markdown(escape=False, plugins=["table", "url", "math"])
EVIL = "http://evil.example/?q=rows"


def rendered(markdown: str) -> str:
    return str(RENDER(markdown))


@pytest.mark.parametrize(
    "text",
    [
        f"![x]({EVIL})",
        f"![x][ref]\n\n[ref]: {EVIL}",
        f"[![x]({EVIL})](http://fine.example)",
        f"\\![x]({EVIL})",
        f"\\\\![x]({EVIL})",
        f"``![x]({EVIL})`",
        f"\\`![x]({EVIL})`",
        f"` open\n`![x]({EVIL})`",
        f"# a ` b\n![x]({EVIL}) `",
        f"| a | b |\n|---|---|\n| a ` b | ![x]({EVIL}) ` |",
        f"http://fine.example/` ![x]({EVIL})`",
        f"```a`b\n\n![x]({EVIL})\n\n```",
        f"```\ncode\n````\n![x]({EVIL})\n```",
        f"```\ncode\n   ```\n![x]({EVIL})\n```",
        f"~~~\n```\n~~~\n![x]({EVIL})\n~~~\n```",
        f"    ```\n![x]({EVIL})\n    ```",
        f"- a\n  ```\n![x]({EVIL})\n  ```",
        f"> ```\n![x]({EVIL})\n> ```",
        f"<img src={EVIL}>",
        f"\\<img src={EVIL}>",
        f'<div style="background:url({EVIL})">\n\n![x]({EVIL})\n</div>',
        f"<!-- ![x]({EVIL}) --> <iframe srcdoc='<img src={EVIL}>'>",
        f"text\n```\nnever closed\n![x]({EVIL})",
    ],
)
def test_no_picture_and_no_html_survives_in_markdown(text: str) -> None:
    shown = rendered(harmless(text))
    assert not re.search(r"<(img|iframe|div|script|!--)", shown)


def test_an_image_becomes_a_link_to_click() -> None:
    assert f'<a href="{EVIL}">x</a>' in rendered(harmless(f"![x]({EVIL})"))


@pytest.mark.parametrize(
    "text", ["from $5 to $6", r"from \$5 to \$6", "from `$5` to $6", r"\\(x\\)", r"\begin{a}\end{a}"]
)
def test_no_dollar_and_no_command_of_tex_is_left_for_a_formula(text: str) -> None:
    made = harmless(text)
    assert "$" not in made
    assert not re.search(r"\\\\[(\[]|\\(begin|end)\s*\{", made)
    assert "math" not in rendered(made)


def test_what_markdown_is_for_still_works() -> None:
    text = "**bold** *em* `x < 5 && y` [a](http://fine.example?a=1&b=2)\n\n| a |\n|---|\n| `b` |\n\n- one\n- two"
    shown = rendered(harmless(text))
    for each in ("<strong>bold</strong>", "<em>em</em>", "<li>one</li>", "<td><code>b</code></td>"):
        assert each in shown
    assert 'href="http://fine.example?a=1&amp;b=2"' in shown
    assert "<code>x &lt; 5 &amp;&amp; y</code>" in shown


def test_a_block_of_code_keeps_its_characters_and_its_language() -> None:
    text = 'before\n```python\nif a < b: print("$", "![x](y)")\n```\nafter'
    assert harmless(text) == text


def test_a_fence_that_is_left_open_is_closed() -> None:
    assert harmless("```sql\nSELECT 1 < 2") == "```sql\nSELECT 1 < 2\n```"


def test_a_block_that_a_renderer_would_draw_is_plain_code() -> None:
    assert harmless(f'```mermaid\nA@{{ img: "{EVIL}" }}\n```').startswith("```\nA@")


def test_harmless_takes_time_in_proportion_to_the_text() -> None:
    for each in ("`" * 200_000, "`a" * 20_000, "![" * 100_000, "```\n" * 50_000, "\\" * 200_000, "&" * 200_000):
        harmless(each)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Zürich ✓ 日本 👍🏽 ❤️", "Zürich ✓ 日本 👍🏽 ❤️"),
        ("a\u200bb", "a\\u200bb"),
        ("a\u202egnp.exe", "a\\u202egnp.exe"),
        ("a\U000e0041\U000e0042", "a\\U000e0041\\U000e0042"),
        ("a\ufe01\ufe00", "a\\ufe01\\ufe00"),
        ("a\U000e0100\U000e01ef", "a\\U000e0100\\U000e01ef"),
        ("a\u3164b\u2800", "a\\u3164b\\u2800"),
        ("a\u2028b", "a\\u2028b"),
        ("a\x00b", "a\\u0000b"),
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]8;;http://evil.example\x07click\x1b]8;;\x07", "click"),
        ("\x1b]52;c;aGk=\x1b\\copied", "copied"),
        ("\x1b]0;the rest is not hidden", "0;the rest is not hidden"),
        ("\x9b31mred", "\\u009b31mred"),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
        ("over\rwritten", "over\\u000dwritten"),
    ],
)
def test_text_is_shown_with_what_was_hidden_in_it(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_one_line_is_one_line_and_says_where_it_is_cut() -> None:
    assert one_line("a\n b\t c") == "a b c"
    assert one_line("x" * 300, 10) == "xxxxxxxxx…"


@pytest.mark.parametrize(
    "text", ["a | b", "`x` **b** _i_", "[a](http://x)", f"![x]({EVIL})", "<b>", "&lt;b&gt;", "a\n# b"]
)
def test_escaped_text_is_only_text(text: str) -> None:
    shown = rendered(f"| {escaped(text)} |\n|---|\n| c |")
    assert shown.count("<th>") == 1
    assert not re.search(r"<(img|strong|em|b|code|h1)\b", shown)


def test_escaped_text_is_no_formula() -> None:
    assert escaped("$x$") == "<span>&#36;</span>x<span>&#36;</span>"
    assert escaped("\\(x") == "<span>&#92;</span>\\(x"


def test_nothing_ends_a_code_span() -> None:
    assert rendered(code(f"tool` ![x]({EVIL}) `\n\n# b")).count("<code>") == 1
    assert "<img" not in rendered(code(f"tool` ![x]({EVIL}) `"))


HOSTILE = {
    "id": "1",
    "<script>alert(1)</script>": f"<img src='{EVIL}' onerror=alert(1)>",
    "note": "\x1b[2J\x1b]52;c;aGk=\x07 | `x` $5 and $6 <iframe srcdoc='<script>'>",
    "self": "2026-11-18T10:00:00Z",
}


async def result_of(place: Path, payload: Json = None, *, text: str = "") -> Result:
    tool = Tool(connector="shop", name="list_orders", input_schema={"type": "object"})

    async def fetch(_: object) -> Reply:
        return Reply(texts=(text,) if payload is None else (json.dumps(payload),))

    return await collect(new_call(tool, {}), tool, fetch, shape=None, spool_dir=place)


@pytest.mark.anyio
async def test_values_and_names_of_columns_are_text_in_a_cell_and_in_a_terminal(tmp_path: Path) -> None:
    result = await result_of(tmp_path, {"data": [HOSTILE, {**HOSTILE, "id": "2"}], "has_more": False})
    bundle = result_bundle(result)
    tags = set(re.findall(r"</?([a-zA-Z]+)", bundle["text/html"]))
    assert tags <= {"div", "style", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
    assert "&lt;img src=" in bundle["text/html"]
    assert 'class="tex2jax_ignore mathjax_ignore"' in bundle["text/html"], "two prices in a cell are no formula"
    assert "\x1b" not in bundle["text/plain"] and "\x07" not in bundle["text/plain"]
    assert result.df["note"][0] == HOSTILE["note"], "the data stays as it is"


@pytest.mark.anyio
async def test_prose_is_plain_text_whatever_it_holds(tmp_path: Path) -> None:
    bundle = result_bundle(await result_of(tmp_path, text=f"<b>hi</b> ![x]({EVIL}) \x1b[2J\u202e"))
    assert list(bundle) == ["text/plain"]
    assert bundle["text/plain"].startswith(f"<b>hi</b> ![x]({EVIL}) \\u202e")


def test_a_hostile_name_or_title_is_text_in_the_lists() -> None:
    bad = f"x` | ![x]({EVIL}) <img src={EVIL}> `"
    review = {"state": "changed", "off": False, "difference": f"+~~~\n+<img src={EVIL}>\n~~~\n"}
    position = {"stands": "allow"}
    tool = {
        "name": bad,
        "kind": "read",
        "signature": bad,
        "tokens": 5,
        "interactive": True,
        "mine": position,
        "here": None,
        "review": review,
    }
    connector: dict[str, Any] = {"id": "shop", "title": bad, "tokens": 5, "enabled": True, "tools": [tool]}
    connector["hidden"] = [{"rule": bad, "count": 1}]
    shown = rendered(tools_bundle([connector])["text/markdown"])
    shown += rendered(review_bundle([connector])["text/markdown"])
    card = {"code": bad, "summary": bad, "category": "c", "badge": "b", "interactive": True}
    shown += rendered(directory_bundle([card])["text/markdown"])
    assert "(interactive, changed)" in shown and "b, interactive" in shown
    assert "<img" not in shown
    assert "&lt;img" in shown


@pytest.mark.parametrize(
    ("progress", "shown"),
    [
        (Progress(pages=1, rows=100, total=None), "fetching: 100 rows in 1 page"),
        (Progress(pages=2, rows=1_000, total=2_000), f"{'█' * 15}{'░' * 15}  50%  1,000 rows in 2 pages of 2,000"),
        (Progress(pages=2, rows=300, total=200), f"{'█' * 30} 100%  300 rows in 2 pages of 200"),
        (Progress(pages=2, rows=300, total=-5), "fetching: 300 rows in 2 pages"),
    ],
)
def test_the_bar_says_how_far_along_it_is_and_never_more_than_all(progress: Progress, shown: str) -> None:
    assert bar(progress) == shown
