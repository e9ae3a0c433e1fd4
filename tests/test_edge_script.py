"""Connecting where no person can answer: a script signs in, and only the server that was named may sign anybody in."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator

import pytest

import jupyter_connectors as jc
from jupyter_connectors.accounts import Means, with_means
from jupyter_connectors.directory.catalogue import Catalogue, custom_remote
from jupyter_connectors.entries import Remote
from jupyter_connectors.errors import ConnectorError, SignInFailed, SignInNeeded, UsageProblem
from jupyter_connectors.extension import current
from jupyter_connectors.joining import disconnect

from .servers.authority import CANARY, Authority, authority
from .servers.running import beside


@pytest.fixture
def service() -> Iterator[Authority]:
    with beside(authority()) as made:
        yield made
    session = current()
    for each in session.connected():
        disconnect(session, each.id)
    session.controls.forget("web")


def follows(link: str) -> str:
    """A browser that goes wherever it is sent: in the end to our own listener."""
    with urllib.request.urlopen(link, timeout=10) as page:
        return str(page.url)


def returns(link: str) -> str:
    """A browser on another machine: it is sent to an address where nothing listens, and that is what comes back."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(link, timeout=10)
    except urllib.error.HTTPError as page:
        with page:
            return str(page.headers["Location"])
    raise AssertionError("the service sends the browser back")


@pytest.mark.parametrize("script", [follows, returns])
def test_a_script_signs_in_with_the_link_it_is_given(service: Authority, script: Callable[[str], str]) -> None:
    jc.connect(service.resource, name="web", sign_in=script)
    assert current().hub.health("web").standing.signed_in
    jc.disconnect("web")
    jc.connect(service.resource, name="web")
    assert service.log.count("token:authorization_code") == 1
    jc.disconnect("web", revoke=True)
    with pytest.raises(SignInNeeded, match="nobody is there"):
        jc.connect(service.resource, name="web")


def test_a_script_answers_for_as_long_as_it_is_connected(service: Authority) -> None:
    jc.connect(service.resource, name="web", sign_in=follows)
    jc.permission("web", "echo", "allow")
    service.access.clear()
    service.refuse["refresh_token"] = (400, {"error": "invalid_grant"})
    web = jc.connect(service.resource, name="web", sign_in=follows)
    assert web.echo("hello").text == "hello"
    assert service.log.count("token:authorization_code") == 2
    jc.disconnect("web", revoke=True)


def fails(link: str) -> str:
    raise OSError(f"{CANARY} {link}")


def gives_another(link: str) -> str:
    return returns(link).replace("state=", "state=x")


@pytest.mark.parametrize(
    ("script", "why"),
    [(fails, "it raised OSError"), (gives_another, "not from this sign-in"), (str.upper, "must begin")],
)
def test_a_script_that_fails_is_two_lines_without_the_link(
    service: Authority, script: Callable[[str], str], why: str
) -> None:
    with pytest.raises(SignInFailed, match=why) as caught:
        jc.connect(service.resource, name="web", sign_in=script)
    told = f"{caught.value} {caught.value.__cause__}"
    assert CANARY not in told and "code=" not in told and "state=" not in told


def test_only_the_server_that_was_named_signs_in(service: Authority) -> None:
    with pytest.raises(SignInFailed, match="wants another to sign in"):
        jc.connect(service.resource, name="web", issuer="https://login.example", sign_in=follows)
    assert "register" not in service.log and "authorize" not in service.log
    jc.connect(service.resource, name="web", issuer=service.url, sign_in=follows)
    target = Catalogue(current().store).find("web").target
    assert isinstance(target, Remote) and target.auth.issuer == service.url, "it is kept for the next time"


def test_another_host_gets_a_secret_only_if_it_was_allowed(service: Authority) -> None:
    elsewhere = service.url.replace("127.0.0.1", "localhost")
    service.says["token_endpoint"] = f"{elsewhere}/token"
    with pytest.raises(SignInFailed) as caught:
        jc.connect(service.resource, name="web", sign_in=follows)
    assert "localhost" in str(caught.value)
    assert not any(each.startswith("token") for each in service.log)
    jc.connect(service.resource, name="web", hosts=["localhost"], sign_in=follows)
    assert service.log.count("token:authorization_code") == 1


@pytest.mark.parametrize(
    "means",
    [
        Means(issuer="http://login.example"),
        Means(issuer="https://login.example/?a=b"),
        Means(issuer="https://me@login.example"),
        Means(issuer="login.example"),
        Means(hosts=("https://login.example",)),
        Means(hosts=("login.example/token",)),
        Means(hosts=("lögin.example",)),
        Means(hosts=("*.example",)),
    ],
)
def test_an_issuer_is_an_address_and_a_host_a_bare_name(means: Means) -> None:
    with pytest.raises(UsageProblem):
        with_means(custom_remote("https://mcp.example/mcp", name="web"), means)


def test_who_signs_in_to_a_connector_of_the_directory_is_not_the_persons_to_say() -> None:
    with pytest.raises(ConnectorError, match="the directory knows"):
        with_means(current().catalogue.find("linear"), Means(issuer="https://login.example"))
