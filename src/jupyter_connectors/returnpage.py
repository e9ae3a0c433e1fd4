"""The page a browser ends at after a sign-in: the same few words for everyone, with nothing of the request in it."""

from __future__ import annotations

from collections.abc import Mapping

CALLBACK = "jupyter-connectors/oauth/callback"
"""Where it is on a Jupyter server, below its base URL."""

HEADERS: Mapping[str, str] = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def _page(title: str, words: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1><p>{words}</p></body>\n</html>\n"
    )


DONE = _page("You can close this tab", "Go on in the notebook: it says whether you are signed in.")
NOTHING = _page(
    "Nothing is waiting for this",
    "The sign-in is over or was stopped, or this address is not from it. Start it again in the notebook.",
)
