"""Cases of signing in: what an authorization server or a browser may try. What is not as announced is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_connectors.errors import SignInFailed
from jupyter_connectors.sessions.signin import Callback, SignInRequest

from ..servers.authority import (
    Browser,
    Clock,
    authority,
    connected,
    echo,
    tokens,
)
from .support import refused

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ms-msdt:/id",
        r"\\evil.example\share",
        "https://evil.example/a b;rm -rf",
        "https://evil.example/\nx",
        "-flag",
        "https://evil.example\\@bank.example/",
    ],
)
async def test_case_48_an_authorize_address_that_is_no_web_page_is_never_opened(tmp_path: Path, address: str) -> None:
    async with authority() as made:
        made.says["authorization_endpoint"] = address
        browser = Browser()
        assert isinstance(await refused(made, tmp_path, browser), SignInFailed)
        assert browser.asked == [] and "register" not in made.log


@pytest.mark.parametrize(
    "address", ["http://auth.example/authorize", "https://user:pw@auth.example/authorize", "http://10.0.0.7/authorize"]
)
async def test_case_49_an_endpoint_without_https_or_with_a_user_is_refused(tmp_path: Path, address: str) -> None:
    async with authority() as made:
        made.says["authorization_endpoint"] = address
        browser = Browser()
        assert "cannot be used" in (await refused(made, tmp_path, browser)).problem
        assert browser.asked == []


async def test_case_49_letters_that_only_look_like_others_are_shown_as_what_they_are(tmp_path: Path) -> None:
    async with authority() as made:
        made.says["authorization_endpoint"] = "https://аpple.example/authorize"  # noqa: RUF001  # a Cyrillic a
        seen: list[str] = []

        async def looks(request: SignInRequest) -> Callback:
            assert request.authorize is not None
            link = await request.authorize("http://127.0.0.1:1/callback")
            seen.extend((link.host, link.url))
            return await Browser(says_no=True)(request)

        await refused(made, tmp_path, looks)
        assert seen[0] == "xn--pple-43d.example" and seen[1].startswith("https://xn--pple-43d.example/")


async def test_case_51_an_issuer_that_is_not_the_one_named_is_refused(tmp_path: Path) -> None:
    async with authority() as made:
        made.says["issuer"] = "https://accounts.example"
        assert "says it is https://accounts.example" in (await refused(made, tmp_path)).problem
        assert "register" not in made.log


@pytest.mark.parametrize("iss", [None, "https://evil.example", ""])
async def test_case_51_an_answer_of_another_issuer_or_of_none_is_not_used(tmp_path: Path, iss: str | None) -> None:
    async with authority() as made:
        made.back["iss"] = iss
        assert "another service" in (await refused(made, tmp_path)).problem
        assert tokens(made) == []


async def test_case_52_a_resource_that_is_not_the_server_is_refused(tmp_path: Path) -> None:
    async with authority() as made:
        made.resource_says["resource"] = "https://bank.example/mcp"
        assert "another address: https://bank.example/mcp" in (await refused(made, tmp_path)).problem
        assert "metadata" not in made.log


@pytest.mark.parametrize("methods", [None, [], ["plain"]])
async def test_case_53_without_pkce_nothing_is_sent_and_the_reason_is_said(
    tmp_path: Path, methods: list[str] | None
) -> None:
    async with authority() as made:
        made.says["code_challenge_methods_supported"] = methods
        browser = Browser()
        error = await refused(made, tmp_path, browser)
        assert "PKCE" in error.problem and browser.asked == [] and "register" not in made.log


@pytest.mark.parametrize("state", ["", "forged", "kernel.forged"])
async def test_case_54_an_answer_with_another_state_is_nobodys(tmp_path: Path, state: str) -> None:
    async with authority() as made:
        error = await refused(made, tmp_path, Browser(change={"state": state}))
        assert "belongs to another sign-in" in error.problem and tokens(made) == []


async def test_case_54_an_answer_that_comes_after_ten_minutes_is_too_old(tmp_path: Path) -> None:
    clock = Clock()

    async def late(request: SignInRequest) -> Callback:
        back = await Browser()(request)
        clock.now += 601
        return back

    async with authority() as made:
        error = await refused(made, tmp_path, late, now=clock)
        assert "too old" in error.problem and tokens(made) == []


async def test_case_54_an_answer_to_an_earlier_link_is_not_taken_for_the_next(tmp_path: Path) -> None:
    kept: list[Callback] = []

    async def replays(request: SignInRequest) -> Callback:
        back = await Browser()(request)
        kept.append(back)
        return kept[0]

    async with authority() as made:
        async with connected(made, tmp_path / "a", replays) as connection:
            assert await echo(connection) == "hello"
        error = await refused(made, tmp_path / "b", replays)
        assert "belongs to another sign-in" in error.problem and len(tokens(made)) == 1


async def test_case_59_a_server_that_always_wants_more_is_given_up_after_three_sign_ins(tmp_path: Path) -> None:
    async with authority() as made:
        made.grants = lambda asked: "read"
        browser = Browser()
        async with connected(made, tmp_path, browser) as connection:
            made.needs = "everything"
            with pytest.raises(SignInFailed, match="keeps asking for more"):
                await echo(connection)
            assert len(browser.asked) <= 3
            asked = browser.asked[-1]
            assert set(asked.scopes) - set(asked.granted_before or ()) == {"everything"}
