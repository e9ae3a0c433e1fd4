"""Cases of transport and protocol. After each the other connector works, and the log has one entry a call."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.errors import (
    ConnectionFailed,
    ConnectorError,
    OutcomeUnknown,
    ReplyRejected,
    ServerGone,
    ToolFailed,
)
from jupyter_connectors.sessions.limits import Limits

from ..bench import Bench, bench
from ..conftest import hostile
from ..servers import web
from . import well_behaved

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def beside(place: Path, *entries: Entry, limits: Limits | None = None) -> AsyncIterator[Bench]:
    """A bench with a good connector beside, which must work at the end."""
    async with bench(place, well_behaved(), *entries, limits=limits) as on:
        yield on
        before = len(on.audit.rows())
        assert (await on.call("good", "echo", text="still here")).text == "still here"
        assert len(on.audit.rows()) == before + 1


async def fails(on: Bench, kind: type[ConnectorError], text: str = "x", connector: str = "hostile") -> ConnectorError:
    """How the one call of the case fails: two lines, no group of exceptions, one entry."""
    with pytest.raises(kind) as caught:
        await on.call(connector, "echo", text=text)
    error = caught.value
    assert str(error).count("\n") == 1
    assert error.__cause__ is None and not isinstance(error.__context__, BaseExceptionGroup)
    assert len(on.audit.rows()) == 1
    return error


async def test_case_01_a_change_that_is_never_answered_is_unknown_told_to_the_server_and_not_retried(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    limits = Limits(call=0.4, close=0.3)
    async with beside(tmp_path, hostile("silent", HOSTILE_LOG=str(log)), limits=limits) as on:
        await fails(on, OutcomeUnknown)
        assert on.log[0] == ("allowed: you", "unknown")
    sent = [json.loads(line)[0] for line in log.read_text().splitlines()]
    assert sent.count("tools/call") == 1 and sent.count("notifications/cancelled") == 1


async def test_case_02_a_crash_is_told_with_exit_code_and_last_words_made_visible(tmp_path: Path) -> None:
    async with beside(tmp_path, hostile("dies")) as on:
        error = await fails(on, OutcomeUnknown)
        assert "(exit code 7): out of memory" in error.problem and "\x1b" not in str(error)
        with pytest.raises(ServerGone, match=r"\(exit code 4\): the licence has expired"):
            await on.hub.connect(hostile("dies-at-start"), name="other")
        assert on.hub.names == ("good", "hostile")


async def test_case_03_junk_without_end_closes_the_connection(tmp_path: Path) -> None:
    async with beside(tmp_path, hostile("babbles")) as on:
        started = time.monotonic()
        await fails(on, OutcomeUnknown)
        assert time.monotonic() - started < 5


async def test_case_04_replies_before_the_request_are_nobodys(tmp_path: Path) -> None:
    async with beside(tmp_path, hostile("eager")) as on:
        assert (await on.call("hostile", "echo", text="mine")).text == "mine"


async def test_case_05_a_hundred_megabytes_on_standard_error_neither_block_nor_show(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with beside(tmp_path, hostile("stderr-flood", HOSTILE_LINES="170000")) as on:
        assert (await on.call("hostile", "echo", text="hello")).text == "hello"
    assert capfd.readouterr() == ("", "")


async def test_case_06_sixty_megabytes_are_refused_at_the_limit(tmp_path: Path) -> None:
    async with beside(tmp_path, hostile("too-large", HOSTILE_SIZE="60000000")) as on:
        started = time.monotonic()
        assert "larger than 20 MB" in (await fails(on, ReplyRejected)).problem
        assert time.monotonic() - started < 5


@pytest.mark.parametrize("place", ["structured", "text"])
async def test_case_07_a_reply_nested_ten_thousand_levels_is_an_error(tmp_path: Path, place: str) -> None:
    deep = '{"a":' * 10_000 + "1" + "}" * 10_000
    text = json.dumps({"content": [{"type": "text", "text": deep}]})
    result = text if place == "text" else f'{{"content":[],"structuredContent":{deep}}}'
    async with beside(tmp_path, hostile("result", HOSTILE_RESULT=result)) as on:
        await fails(on, ReplyRejected)


NUMBERS = '[{"id":"1","a":NaN,"b":Infinity,"n":1' + "0" * 400 + ',"s":"\\ud800x","z":"a\\u0000b","d":1,"d":2}]'


@pytest.mark.parametrize("place", ["structured", "text"])
async def test_case_08_values_json_has_no_place_for_do_not_crash_and_are_noted(tmp_path: Path, place: str) -> None:
    text = json.dumps({"content": [{"type": "text", "text": NUMBERS}]})
    result = text if place == "text" else f'{{"content":[],"structuredContent":{{"rows":{NUMBERS}}}}}'
    async with beside(tmp_path, hostile("result", HOSTILE_RESULT=result)) as on:
        try:
            found = await on.call("hostile", "echo", text="x")
        except ReplyRejected as refused:
            assert place == "structured" and "not readable" in refused.problem
        else:
            assert len(found.df) == 1 and found.notes
            found.df.to_json(), found.df.to_csv()


async def test_case_09_progress_without_end_is_bounded_in_time(tmp_path: Path) -> None:
    limits = Limits(call=0.5, close=0.3)
    async with beside(tmp_path, hostile("endless-progress"), limits=limits) as on:
        started = time.monotonic()
        await fails(on, OutcomeUnknown)
        assert time.monotonic() - started < 3


def at(url: str, **headers: str) -> Entry:
    """A connector that the person added by its address: a policy lets no other one be on this machine."""
    target = Remote(url=url, headers=headers)
    return Entry(id="hostile", title="Web", summary="", category="test", target=target, custom=True)


@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/latest/meta-data", "http://localhost:{port}/mcp", "file:///etc/passwd"]
)
async def test_case_11_a_redirect_is_not_followed_and_the_key_stays(
    tmp_path: Path, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_KEY", "canary-11")
    async with web.site(web.mcp(web.echo)) as elsewhere:
        location = to.format(port=elsewhere.url.rsplit(":", 1)[1].split("/")[0])

        async def redirects(request: web.Request, writer: web.Writer) -> None:
            web.send(writer, "307 Temporary Redirect", Location=location)

        async with (
            web.site(web.mcp(redirects)) as site,
            beside(tmp_path, at(site.url, Authorization="env:WEB_KEY")) as on,
        ):
            error = await fails(on, ToolFailed)
            assert "canary" not in str(error)
        assert elsewhere.seen == []


async def test_case_12_a_captive_portal_is_not_an_mcp_server_and_its_page_is_not_shown(tmp_path: Path) -> None:
    async def portal(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "200 OK", b"<html>canary: pay for the wifi</html>", Content_Type="text/html")

    async with web.site(portal) as site, beside(tmp_path) as on:
        with pytest.raises(ConnectionFailed, match="does not speak MCP") as caught:
            await on.hub.connect(at(site.url))
        assert "canary" not in str(caught.value)
        assert on.hub.names == ("good",)


@pytest.mark.parametrize("wait", ["99999999999", "-1", "Fri, 31 Dec 9999 23:59:59 GMT", "nonsense"])
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_case_13_a_busy_server_cannot_make_us_wait_or_repeat_a_change(
    tmp_path: Path, status: str, wait: str
) -> None:
    async def busy(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, status, Retry_After=wait)

    async with web.site(web.mcp(busy)) as site, beside(tmp_path, at(site.url)) as on:
        started = time.monotonic()
        assert status in (await fails(on, ConnectorError)).problem
        assert time.monotonic() - started < 2
        assert site.methods.count("tools/call") == 1


async def test_case_14_a_version_from_the_future_is_refused_clearly(tmp_path: Path) -> None:
    async with beside(tmp_path) as on:
        with pytest.raises(ConnectionFailed, match="2099-01-01"):
            await on.hub.connect(hostile("future"))


async def test_case_60_a_key_is_in_no_file_no_error_and_no_repr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_KEY", "canary-60")

    async def tells(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "401 Unauthorized", b"bad key", Content_Type="text/plain")

    entry_of = {"Authorization": "env:WEB_KEY"}
    async with web.site(web.mcp(tells)) as site, beside(tmp_path, at(site.url, **entry_of)) as on:
        error = await fails(on, ToolFailed)
        assert "canary" not in str(error) + repr(error) + repr(on.hub.connected("hostile")) + str(on.audit.rows())
        assert site.seen[0].headers["authorization"] == "canary-60"
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert files and not any(b"canary-60" in each.read_bytes() for each in files)


async def test_case_65_a_server_inherits_no_secret_and_is_found_by_its_full_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "ANTHROPIC_API_KEY", "GITHUB_TOKEN", "LD_PRELOAD_X", "PYTHONPATH"):
        monkeypatch.setenv(name, "canary-65")
    monkeypatch.setenv("GIVEN", "on purpose")
    entry = hostile("environment", GIVEN="env:GIVEN")
    async with beside(tmp_path, entry) as on:
        seen = (await on.call("hostile", "echo", text="x")).text
        assert "on purpose" in seen and "canary-65" not in seen
