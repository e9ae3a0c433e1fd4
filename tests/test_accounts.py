"""Accounts, keys and client ids: names, references, and what is kept of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_connectors.accounts import Means, account_name, is_key, left_words, with_header, with_means
from jupyter_connectors.directory.catalogue import Catalogue, custom_remote
from jupyter_connectors.entries import Auth, Entry, Launch, Remote
from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.sessions.oauth.leaving import Left
from jupyter_connectors.store import open_store


def auth_of(entry: Entry) -> Auth:
    assert isinstance(entry.target, Remote)
    return entry.target.auth


def service() -> Entry:
    return custom_remote("https://mcp.example/mcp", name="web")


def test_an_account_gives_a_connection_a_name_of_its_own() -> None:
    assert account_name("stripe", "") == "stripe"
    assert account_name("stripe", "test") == "stripe-test"
    assert account_name("mail", "ada@acme.example") == "mail-ada-acme-example"
    for odd in ("a b", "../x", "é", "-x"):
        with pytest.raises(UsageProblem):
            account_name("stripe", odd)


@pytest.mark.parametrize("secret", ["sk_live_0123456789abcdef", "env:1A", "Keyring", "env:A B"])
def test_a_secret_is_named_and_never_written_out(secret: str) -> None:
    for means in (Means(client_secret=secret), Means(key=secret)):
        with pytest.raises(UsageProblem) as caught:
            with_means(service(), means)
        assert secret not in str(caught.value)


def test_what_the_person_gave_is_how_they_are_known() -> None:
    made = auth_of(with_means(service(), Means(client_id="abc", client_secret="env:SECRET", scopes=("read",))))
    assert (made.kind, made.client_id, made.client_secret, made.scopes) == ("oauth", "abc", "env:SECRET", ("read",))
    key = auth_of(with_means(service(), Means(key="keyring")))
    assert (key.kind, key.header, key.scheme, key.value) == ("header", "Authorization", "Bearer", "keyring")


def test_a_header_may_have_any_name_and_scheme() -> None:
    found = auth_of(with_header(service(), "Authorization: Sentry-Bearer env:SENTRY"))
    assert (found.header, found.scheme, found.value) == ("Authorization", "Sentry-Bearer", "env:SENTRY")
    bare = auth_of(with_header(service(), "x-api-key: prompt"))
    assert (bare.header, bare.scheme, bare.value) == ("x-api-key", "", "prompt")
    assert is_key("x-api-key: keyring") and is_key("Authorization: Bearer env:A") and not is_key("X-Team: env:TEAM")
    for line in ("x-api-key", "x-api-key: s3cret", "a b: env:A", "x: Bearer a b"):
        with pytest.raises(UsageProblem) as caught:
            with_header(service(), line)
        assert "s3cret" not in str(caught.value)


def test_nobody_signs_in_to_a_program_of_this_machine() -> None:
    local = Entry(id="x", title="X", summary="", category="", target=Launch(command="x"))
    with pytest.raises(UsageProblem):
        with_means(local, Means(client_id="abc"))


def test_a_client_id_given_once_is_known_the_next_time(tmp_path: Path) -> None:
    catalogue = Catalogue(open_store(tmp_path / "state.sqlite"))
    linear = with_means(catalogue.find("linear"), Means(client_id="abc", client_secret="env:SECRET", scopes=("read",)))
    catalogue.keep(linear)
    again = Catalogue(open_store(tmp_path / "state.sqlite")).find("linear")
    assert again.target == linear.target and again.identity == linear.identity
    catalogue.keep(again)
    assert catalogue.find("linear").target == linear.target
    catalogue.remove("linear")
    assert auth_of(catalogue.find("linear")).client_id == ""


def test_a_sign_out_says_what_the_service_did_of_it() -> None:
    assert "nobody was signed in" in left_words("Web", Left(was_signed_in=False, revoked=False))
    assert "worth nothing any more" in left_words("Web", Left(was_signed_in=True, revoked=True))
    told = left_words("Web", Left(was_signed_in=True, revoked=False, problem="Web could not be reached"))
    assert told == "Web: nothing is kept here any more, but Web could not be reached"
