"""What counts as a secret and what only looks like one. The secrets here are made up, in the form their vendors give."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_connectors.errors import ToolFailed
from jupyter_connectors.secrets import find, masked

A = "aB3dE5gH7jK9mN1pQ3sT5vX7zA9cD1fG3hJ5kL7nP9rS1uW3yZ5bC7eF9gI1kM3oQ5sU7wY9"


def token(*parts: object) -> str:
    """Written in parts, so that no scanner takes this file for a leak."""
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts)


SECRETS = {
    "AWS key": "AKIA" + "IOSFODNN7QXAMPLE",
    "Azure storage key": "AccountKey=" + (A + A)[:86] + "==",
    "password in an address": "postgres://app:" + "hunter22@db.example/x",
    "Discord token": "M" + A[:23] + "." + A[:6] + "." + A[:27],
    "GitHub token": "ghp_" + A[:36],
    "GitLab token": "glpat-" + A[:20],
    "JSON Web Token": token({"alg": "HS256"}, {"sub": "1"}) + "." + A[:43],
    "Mailchimp key": "0123456789abcdef" * 2 + "-us12",
    "npm token": "//registry.npmjs.org/:_authToken=" + "npm_" + A[:36],
    "OpenAI key": "sk-" + A[:20] + "T3BlbkFJ" + A[20:40],
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA " + "PRIVATE KEY-----",
    "PyPI token": "pypi-AgEIcHlwaS5vcmc" + A,
    "SendGrid key": "SG." + A[:22] + "." + A[:43],
    "Slack token": "xoxb-" + "1234567890-1234567890-" + A[:24],
    "Square secret": "sq0csp-" + A[:43],
    "Stripe key": "sk_live_" + A[:24],
    "Telegram token": "123456789:" + A[:35],
    "Google key": "AIza" + A[:35],
    "Google token": "ya29." + A[:40],
    "Anthropic key": "sk-ant-" + "api03-" + A,
    "Stripe test key": "sk_test_" + A[:24],
    "Stripe webhook secret": "whsec_" + A[:32],
    "Notion token": "ntn_" + A[:46],
    "Linear key": "lin_api_" + A[:40],
    "HubSpot token": "pat-na1-" + "01234567-89ab-cdef-0123-456789abcdef",
    "Shopify token": "shpat_" + "0123456789abcdef" * 2,
}

MORE = {
    "a long Stripe key": ("Stripe key", "sk_live_51" + A + A[:27]),
    "a restricted Stripe key": ("Stripe key", "rk_live_" + A[:24]),
    "a GitHub token of the new kind": ("GitHub token", "github_pat_" + A[:22] + "_" + A[:59]),
    "an OpenAI key of the new kind": ("OpenAI key", "sk-proj-" + A[:30] + "T3BlbkFJ" + A[:30]),
    "a temporary AWS key": ("AWS key", "ASIA" + "IOSFODNN7QXAMPLE"),
    "a Slack webhook": ("Slack token", "https://hooks.slack.com/services/" + "T01/B02/" + A[:24]),
    "an OpenSSH key": (
        "private key",
        "-----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3Blb\n-----END OPENSSH " + "PRIVATE KEY-----",
    ),
    "a key cut off": ("private key", "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQ"),
}

NOT_SECRETS = [
    "ch_3NfYxY2eZvKYlo2C1a2b3c4d",
    "txn_1NfYxY2eZvKYlo2C1a2b3c4d",
    "pi_3MtwBwLkdIwHu7ix28a3tqPa_intent",
    "cus_NffrFeUfNV2Hib",
    "pk_live_" + A[:24],
    "AC0123456789abcdef0123456789abcdef",
    "0015g00000abcDEFGH",
    "550e8400-e29b-41d4-a716-446655440000",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "https://acme.example/orders/8812?next=eyJpZCI6MX0",
    "https://example.com/a:b@c",
    "see https://docs.example/x: mail ada@acme.example",
    "AP-2024-INVOICE-00012345",
    "2026-11-18T10:00:00.000+00:00",
    "192.0.2.1",
    "my password is a secret",
    "risk-reward, task-force, sk-based",
    "aws s3 cp 'report' 'bucket'",
    "A" * 4_000,
    "",
]


@pytest.mark.parametrize(("kind", "secret"), SECRETS.items())
@pytest.mark.parametrize("around", ["{}", 'key="{}", and more', '{{"a": ["{}"]}}', "first line\n{}\nlast line"])
def test_a_secret_is_found_and_nothing_of_it_is_left(kind: str, secret: str, around: str) -> None:
    text = around.format(secret)
    assert kind in find(text)
    shown = masked(text)
    assert f"<{kind}, " in shown
    assert A[4:12] not in shown and "hunter22" not in shown and "IBAAK" not in shown and "0123456789abcdef" not in shown
    before, after = around.format("|").split("|")
    assert shown.startswith(before)
    assert shown.endswith(after) or kind == "npm token", "whose detector takes the rest of its line"


@pytest.mark.parametrize(("kind", "secret"), MORE.values(), ids=MORE)
def test_secrets_of_other_forms_are_masked_whole(kind: str, secret: str) -> None:
    assert find(f"x {secret}") == (kind,)
    assert masked(f"x {secret}") == f"x <{kind}, {len(secret)} characters>"


@pytest.mark.parametrize("text", NOT_SECRETS, ids=lambda text: text[:30])
def test_ids_addresses_and_words_are_no_secrets(text: str) -> None:
    assert find(text) == ()
    assert masked(text) == text


PAYLOADS = Path(__file__).parents[2] / "shared" / "data"


@pytest.mark.skipif(not PAYLOADS.is_dir(), reason="needs the recorded replies beside the repository")
def test_no_recorded_reply_of_a_vendor_has_anything_that_is_taken_for_a_secret() -> None:
    files = [each for each in PAYLOADS.rglob("*") if each.is_file()]
    assert len(files) > 20
    assert {each.name: found for each in files if (found := find(each.read_text(errors="replace")))} == {}


def test_every_text_of_a_value_is_masked_and_nothing_else_changes() -> None:
    key = SECRETS["AWS key"]
    value = {"a": [key, 1, None, {key: 2.5}], "b": (f"x{key}", True), "c": "plain"}
    said = "<AWS key, 20 characters>"
    assert masked(value) == {"a": [said, 1, None, {said: 2.5}], "b": (f"x{said}", True), "c": "plain"}
    plain = {"a": [1, "x"], "b": None}
    assert masked(plain) is plain
    assert masked(7) == 7 and masked(None) is None


def test_a_value_nested_without_end_is_no_way_around() -> None:
    deep: list[object] = [SECRETS["AWS key"]]
    for _ in range(3_000):
        deep = [deep]
    assert SECRETS["AWS key"] not in repr_of(masked(deep))


def repr_of(value: object) -> str:
    while isinstance(value, list):
        value = value[0]
    return repr(value)


def test_two_secrets_side_by_side_are_two() -> None:
    first, second = SECRETS["AWS key"], SECRETS["Stripe key"]
    assert masked(f"{first} {second}") == "<AWS key, 20 characters> <Stripe key, 32 characters>"


def test_an_error_never_tells_the_key_that_a_server_quotes() -> None:
    key = SECRETS["Stripe key"]
    error = ToolFailed(f"acme: invalid key {key}", hint=f"rotate {key}")
    assert key not in f"{error}{error!r}{error.problem}{error.hint}{error._render_traceback_()}{error.args}"


def test_looking_costs_no_import_until_something_looks_like_a_secret_and_never_a_request() -> None:
    code = (
        "import sys; from jupyter_connectors.secrets import find\n"
        f"find('ch_3NfYxY2eZvKYlo2C a usual text https://x.example/a: b'); assert 'detect_secrets' not in sys.modules\n"
        "import socket\n"
        "def never(*_): raise AssertionError('a request')\n"
        "socket.socket.connect = never\n"
        f"assert find({SECRETS['Stripe key']!r}) and find({SECRETS['AWS key']!r}) and find({SECRETS['Slack token']!r})\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))
