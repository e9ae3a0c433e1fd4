"""What of a server's words becomes the page of an app, and what does not."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from jupyter_connectors.apppages import LARGEST, page_of, says_nothing
from jupyter_connectors.errors import ReplyRejected
from jupyter_connectors.models import Json

MIME = "text/html;profile=mcp-app"


def read(**content: Json) -> dict[str, Any]:
    return {"contents": [{"uri": "ui://a/b", "mimeType": MIME, "text": "<p>hello", **content}]}


def told(**ui: Json) -> dict[str, Any]:
    return {"_meta": {"ui": ui}}


@pytest.mark.parametrize(
    "mime",
    [MIME, "text/html; profile=mcp-app", 'TEXT/HTML;Profile="mcp-app"', "text/html; charset=utf-8 ;profile=MCP-app"],
)
def test_a_type_counts_however_its_parameters_are_written(mime: str) -> None:
    assert page_of("a.b", read(mimeType=mime)).html == "<p>hello"


@pytest.mark.parametrize(
    "mime", ["text/html", "text/html+skybridge", "text/plain;profile=mcp-app", "text/html;profile=x", "", None, 7]
)
def test_any_other_type_is_no_app(mime: Json) -> None:
    with pytest.raises(ReplyRejected, match=r"not of type text/html;profile=mcp-app"):
        page_of("a.b", read(mimeType=mime))


@pytest.mark.parametrize("found", [{}, {"contents": []}, {"contents": "x"}, {"contents": ["x"]}, None, 7])
def test_what_is_not_one_page_is_refused(found: Json) -> None:
    with pytest.raises(ReplyRejected, match="not one"):
        page_of("a.b", found)


def test_two_pages_are_refused() -> None:
    with pytest.raises(ReplyRejected, match="sent 2 pages, not one"):
        page_of("a.b", {"contents": read()["contents"] * 2})


def test_a_page_may_be_base64_and_its_mark_is_dropped() -> None:
    blob = base64.b64encode(b"\xef\xbb\xbf<p>\xc3\xa4").decode()
    assert page_of("a.b", read(text=None, blob=blob)).html == "<p>ä"


@pytest.mark.parametrize("blob", ["not base64!", "AAA", base64.b64encode(b"\xff\xfe").decode()])
def test_a_page_that_cannot_be_decoded_is_refused(blob: str) -> None:
    with pytest.raises(ReplyRejected, match="cannot be decoded"):
        page_of("a.b", read(text=None, blob=blob))


def test_a_page_without_content_is_refused() -> None:
    with pytest.raises(ReplyRejected, match="has no content"):
        page_of("a.b", read(text=None))


@pytest.mark.parametrize("text", ["x" * (LARGEST + 1), "ä" * (LARGEST // 2 + 1)])
def test_a_page_above_the_limit_is_refused_by_its_bytes(text: str) -> None:
    with pytest.raises(ReplyRejected, match="larger than 10 MB"):
        page_of("a.b", read(text=text))
    blob = base64.b64encode(text.encode()).decode()
    with pytest.raises(ReplyRejected, match="larger than 10 MB"):
        page_of("a.b", read(text=None, blob=blob))


def test_a_page_of_the_limit_itself_is_shown() -> None:
    text = "x" * LARGEST
    assert page_of("a.b", read(text=text)).html == text
    assert page_of("a.b", read(text=None, blob=base64.b64encode(text.encode()).decode())).html == text


def test_what_the_content_says_wins_whole_over_the_list() -> None:
    own = told(csp={"connectDomains": ["https://own.example"]})
    listed = told(csp={"connectDomains": ["https://list.example"], "frameDomains": ["https://f.example"]})
    page = page_of("a.b", read(**own), listed=listed)
    assert page.origins.connect == ("https://own.example",)
    assert page.origins.frame == ()
    silent = page_of("a.b", read(**told()), listed=listed)
    assert (silent.origins.connect, silent.origins.frame) == ((), ())


def test_the_list_counts_where_the_content_is_silent() -> None:
    listed = told(csp={"connectDomains": ["https://list.example"]}, prefersBorder=True)
    page = page_of("a.b", read(), listed=listed)
    assert (page.origins.connect, page.prefers_border) == (("https://list.example",), True)
    assert says_nothing(read()) and not says_nothing(read(**told()))


@pytest.mark.parametrize("meta", ["x", [], {"ui": "x"}, {"ui": []}, {"ui": {"csp": "*", "permissions": "all"}}, None])
def test_a_page_that_asks_for_nothing_readable_gets_nothing(meta: Json) -> None:
    page = page_of("a.b", read(_meta=meta))
    assert (page.origins.connect, page.origins.resource, page.origins.frame) == ((), (), ())
    assert (page.clipboard, page.prefers_border) == (False, None)


def test_only_the_clipboard_is_asked_for_with_success() -> None:
    asked = {"clipboardWrite": {}, "camera": {}, "microphone": {}}
    page = page_of("a.b", read(**told(permissions=asked, prefersBorder=False)))
    assert (page.clipboard, page.prefers_border) == (True, False)


def test_addresses_of_this_machine_are_for_servers_on_it() -> None:
    here = read(**told(csp={"connectDomains": ["http://127.0.0.1:8000"]}))
    assert page_of("a.b", here).origins.connect == ()
    assert page_of("a.b", here, loopback=True).origins.connect == ("http://127.0.0.1:8000",)
