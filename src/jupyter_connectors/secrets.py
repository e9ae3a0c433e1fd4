"""Secrets in a text: which kinds it holds, and the text with each replaced by a word for it.

What a secret looks like is known by detect-secrets (Yelp, Apache-2.0): its pattern detectors only. Nothing is ever
verified over a network, and nothing is guessed from how random a text looks, because ids look random too. Detectors of
what is an id rather than a secret (Twilio's SIDs, addresses) or that fire on plain words are left out. The few formats
of business systems that it does not know are beside it, each with its vendor's page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

_DETECTORS = {
    "aws.AWSKeyDetector": ("AWS key", ("A3T", "ABIA", "ACCA", "AKIA", "ASIA", "aws", "AWS", "Aws")),
    "azure_storage_key.AzureStorageKeyDetector": ("Azure storage key", ("AccountKey=",)),
    "basic_auth.BasicAuthDetector": ("password in an address", ("://",)),
    "discord.DiscordBotTokenDetector": ("Discord token", (".",)),
    "github_token.GitHubTokenDetector": ("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    "gitlab_token.GitLabTokenDetector": ("GitLab token", ("gl", "GR1348941")),
    "jwt.JwtTokenDetector": ("JSON Web Token", ("eyJ",)),
    "mailchimp.MailchimpDetector": ("Mailchimp key", ("-us",)),
    "npm.NpmDetector": ("npm token", (":_authToken",)),
    "openai.OpenAIDetector": ("OpenAI key", ("T3BlbkFJ",)),
    "private_key.PrivateKeyDetector": ("private key", ("PRIVATE KEY", "PuTTY-User-Key")),
    "pypi_token.PypiTokenDetector": ("PyPI token", ("pypi-AgE",)),
    "sendgrid.SendGridDetector": ("SendGrid key", ("SG.",)),
    "slack.SlackDetector": ("Slack token", ("xox", "XOX", "hooks.slack.com")),
    "square_oauth.SquareOAuthDetector": ("Square secret", ("sq0csp-",)),
    "stripe.StripeDetector": ("Stripe key", ("k_live_",)),
    "telegram_token.TelegramBotTokenDetector": ("Telegram token", (":",)),
}
"""Detectors of detect-secrets, what each finds, and what a text must contain for it to be worth loading."""

_MORE = {
    # docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
    r"github_pat_[A-Za-z0-9_]{30,}": ("GitHub token", "github_pat_"),
    # cloud.google.com/docs/authentication/api-keys; developers.google.com/identity/protocols/oauth2
    r"AIza[A-Za-z0-9_-]{35}": ("Google key", "AIza"),
    r"ya29\.[A-Za-z0-9_-]{20,}": ("Google token", "ya29."),
    # docs.anthropic.com/en/api/overview; platform.openai.com/docs/api-reference/authentication
    r"sk-ant-[A-Za-z0-9_-]{20,}": ("Anthropic key", "sk-ant-"),
    r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}": ("OpenAI key", "sk-"),
    # docs.stripe.com/keys; docs.stripe.com/webhooks/signature
    r"[sr]k_test_[A-Za-z0-9]{24,}": ("Stripe test key", "k_test_"),
    r"whsec_[A-Za-z0-9+/]{24,}": ("Stripe webhook secret", "whsec_"),
    # api.slack.com/concepts/token-types
    r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{30,}": ("Slack token", "xapp-"),
    # developers.notion.com/reference/authentication; linear.app/developers/graphql; developers.hubspot.com/docs/apps
    r"ntn_[A-Za-z0-9]{40,}": ("Notion token", "ntn_"),
    r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}": ("Linear key", "lin_"),
    r"pat-(?:na|eu|ap)\d-[0-9a-f]{8}-[0-9a-f-]{27}": ("HubSpot token", "pat-"),
    # shopify.dev/docs/apps/build/authentication-authorization
    r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}": ("Shopify token", "shp"),
}

_REST = re.compile(r"[A-Za-z0-9_\-]*")
_REST_OF_JWT = re.compile(r"[A-Za-z0-9_\-.=]*")
_KEY_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z")
_TELEGRAM = re.compile(r"\d{8}:[\w-]{35}")
_DISCORD = re.compile(r"\.[\w-]{6}\.[\w-]{27}")
_USERINFO = re.compile(r"://[^/\s@]{1,200}:[^/\s]{1,200}@")
_GITLAB = re.compile(r"gl[a-z]{2,5}-|GR1348941")
_CLOSER = {
    "Telegram token": _TELEGRAM,
    "Discord token": _DISCORD,
    "GitLab token": _GITLAB,
    "password in an address": _USERINFO,
}
"""A second look, where what a text must contain is in many a text."""

_DEEPEST = 40


class Found(NamedTuple):
    """A secret in a text: what it is and where."""

    kind: str
    start: int
    end: int


def find(text: str) -> tuple[str, ...]:
    """The kinds of secrets in `text`, each once, in the order they come; empty for a text without any."""
    return tuple(dict.fromkeys(each.kind for each in _spans(text)))


def masked(value: Any) -> Any:
    """`value` with each secret in its texts replaced by what it is: `<AWS key, 20 characters>`.

    Lists and dicts are gone through, keys too. A value without secrets comes back equal.
    """
    if not isinstance(value, str) and not _suspected(value):
        return value
    return _masked(value, 0)


def _suspected(value: Any) -> bool:
    """False for a list or dict in which no text can hold a secret; looking at it as one text is much quicker."""
    try:
        return _may_hold(json.dumps(value, ensure_ascii=False, default=str))
    except (TypeError, ValueError, RecursionError):
        return True


def _masked(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _masked_text(value)
    if depth > _DEEPEST:
        return value if isinstance(value, int | float | bool | None) else "<nested too deep>"
    if isinstance(value, dict):
        return {_masked(key, depth + 1): _masked(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_masked(each, depth + 1) for each in value)
    return value


def _masked_text(text: str) -> str:
    found = _spans(text)
    if not found:
        return text
    parts, done = [], 0
    for each in found:
        parts += [text[done : each.start], f"<{each.kind}, {each.end - each.start} characters>"]
        done = each.end
    return "".join([*parts, text[done:]])


def _spans(text: str) -> list[Found]:
    """The secrets of `text` from left to right, none inside another."""
    if len(text) < 12:
        return []
    kept: list[Found] = []
    for each in sorted(_candidates(text), key=lambda found: (found.start, -found.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
        elif each.end > kept[-1].end:
            kept[-1] = Found(kept[-1].kind, kept[-1].start, each.end)
    return kept


def _candidates(text: str) -> Iterator[Found]:
    for path, (kind, needles) in _DETECTORS.items():
        if _worth_it(kind, needles, text):
            yield from _by_detector(path, kind, text)
    for pattern, (kind, needle) in _MORE.items():
        if needle in text:
            yield from (Found(kind, *each.span()) for each in re.finditer(pattern, text))


def _may_hold(text: str) -> bool:
    worth = (_worth_it(kind, needles, text) for kind, needles in _DETECTORS.values())
    return any(worth) or any(needle in text for _, needle in _MORE.values())


def _worth_it(kind: str, needles: tuple[str, ...], text: str) -> bool:
    if not any(needle in text for needle in needles):
        return False
    closer = _CLOSER.get(kind)
    return closer is None or closer.search(text) is not None


def _by_detector(path: str, kind: str, text: str) -> Iterator[Found]:
    detector = _detector(path)
    for pattern in detector.denylist:
        for match in pattern.finditer(text):
            # A detector that knows the words around a secret has the secret itself in its only group.
            start, end = match.span(1) if pattern.groups == 1 and len(match[1] or "") > 5 else match.span()
            if kind == "private key":
                start -= len(text[max(0, start - 5) : start]) - len(text[max(0, start - 5) : start].rstrip("-"))
            end = _whole(kind, text, end)
            valid = getattr(detector, "is_formally_valid", None)
            if valid is None or valid(match[0]):
                yield Found(kind, start, end)


def _whole(kind: str, text: str, end: int) -> int:
    """Where the secret ends: a pattern stops at the shortest that is surely one, and the rest is as secret."""
    if kind == "private key":
        found = _KEY_END.search(text, end)
        return found.end() if found else len(text)
    if kind == "password in an address":
        return end
    rest = (_REST_OF_JWT if kind == "JSON Web Token" else _REST).match(text, end)
    return rest.end() if rest else end


@cache
def _detector(path: str) -> Any:
    """The detector, imported on first use: the library imports an HTTP client that we never call."""
    module, name = path.split(".")
    return getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
