"""One policy for many machines: fetched from an address once, held to its hash, kept."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from jupyter_connectors.errors import PolicyProblem
from jupyter_connectors.policy.reading import Pin

MOST_BYTES = 256 * 1024
"""A policy is a page or two; more is something else."""

Fetch = Callable[[str], bytes]
"""Gives the bytes at an address, or raises PolicyProblem."""


def parse_pin(text: str) -> Pin:
    """The address and hash in `https://host/path#sha256=<64 hexadecimal digits>`.

    Raises:
        PolicyProblem: It has another form.
    """
    found = re.fullmatch(r"(https://[^\s@#]+)#sha256=([0-9a-f]{64})", text)
    if found is None:
        raise PolicyProblem(
            f"JUPYTER_CONNECTORS_POLICY_URL cannot be {text!r}",
            hint="write https://host/path#sha256= and the 64 digits that sha256sum prints; nothing connects until then",
        )
    return Pin(url=found[1], sha256=found[2])


def pinned(pin: Pin, *, cache: Path, fetch: Fetch) -> bytes:
    """The bytes of the policy: from the cache if it has them, else fetched and kept.

    Raises:
        PolicyProblem: They cannot be had, or are not those the pin names.
    """
    kept = cache / f"{pin.sha256}.toml"
    with contextlib.suppress(OSError):
        data = kept.read_bytes()
        if _is(pin, data):
            return data
    data = fetch(pin.url)
    if not _is(pin, data):
        raise PolicyProblem(
            f"{pin.url} is not the policy that was pinned: its SHA-256 is {hashlib.sha256(data).hexdigest()}",
            hint="whoever looks after the policy must publish the pinned file or pin the new one; nothing connects until then",
        )
    # Without a place to keep it, it is fetched again next time.
    with contextlib.suppress(OSError):
        _keep(kept, data)
    return data


def download(url: str) -> bytes:
    """The bytes at `url`, at most 256 KB, without following redirects.

    Raises:
        PolicyProblem: The server cannot be reached in ten seconds or does not give the file.
    """
    import httpx2

    try:
        with httpx2.stream("GET", url, timeout=10, follow_redirects=False) as response:
            if response.status_code != 200:
                raise _unreachable(url, f"it answered {response.status_code}")
            data = b""
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > MOST_BYTES:
                    raise _unreachable(url, "it is larger than 256 KB")
            return data
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise _unreachable(url, type(error).__name__) from None


def _unreachable(url: str, why: str) -> PolicyProblem:
    return PolicyProblem(
        f"the policy at {url} could not be fetched: {why}",
        hint="nothing connects until it has been fetched once; look at the network, or ask who looks after the policy",
    )


def _is(pin: Pin, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == pin.sha256


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
