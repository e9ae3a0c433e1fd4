"""A sign-in in words: what the person reads before anything is opened, and how it goes where no card can be drawn."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from getpass import getpass
from typing import Any

from jupyter_connectors.errors import SignInNeeded
from jupyter_connectors.returning import Return
from jupyter_connectors.sessions.signin import Callback, Device, Link, Secret, SecretRequest, SignInRequest
from jupyter_connectors.text import one_line

_PASTE = "Paste the address your browser ended at, or press Enter once its page says you can close it (q stops): "


def nobody(connector: str, what: str) -> SignInNeeded:
    """The error where somebody would have to act and nobody can."""
    return SignInNeeded(
        f"{one_line(connector)} needs {what}, and nobody is there to give it",
        hint="connect it once where you can answer, in JupyterLab or a terminal; it then stays signed in",
    )


def facts(request: SignInRequest) -> list[str]:
    """Who asks for what, a line each."""
    why = {
        "first": "",
        "again": "what was stored is no longer accepted",
        "more": "the service wants more than was granted before",
    }[request.why]
    lines = [f"{one_line(request.title)} ({request.host}) wants you to sign in" + (f": {why}" if why else "")]
    if request.custom:
        lines.append("  ! custom: nobody reviewed this connector")
    lines += [f"  ! {each}" for each in odd_hosts(request)]
    lines.append(f"  signs in at  {request.issuer}")
    if request.account:
        lines.append(f"  account      {one_line(request.account)}")
    lines.append(
        f"  asks for     {', '.join(_scope(*each) for each in scopes(request)) or 'whatever the service decides'}"
    )
    lines.append(f"  is kept in   {request.stored_in}")
    return lines


def odd_hosts(request: SignInRequest) -> list[str]:
    """What about the hosts should be looked at twice."""
    hosts = dict.fromkeys((request.host, request.issuer))
    return [
        f"{each} is written with letters beyond a to z; they may only look like another name"
        for each in hosts
        if any(part.startswith("xn--") for part in each.lower().split("."))
    ]


def scopes(request: SignInRequest) -> list[tuple[str, bool, bool]]:
    """Each scope with whether it was not granted before, and whether it is more than was named for the connector."""
    before, expected = request.granted_before, request.expected
    return [
        (one_line(each, 120), before is not None and each not in before, bool(expected) and each not in expected)
        for each in request.scopes
    ]


def _scope(name: str, is_new: bool, is_odd: bool) -> str:
    marks = [word for word, on in (("new", is_new), ("not in the directory", is_odd)) if on]
    return f"{name} ({', '.join(marks)})" if marks else name


def outcome(request: SignInRequest, callback: Callback | None) -> str:
    """The line that stays in the notebook. It holds no link and nothing that came back."""
    account = f" ({one_line(request.account)})" if request.account else ""
    return f"{one_line(request.connector)}{account}: sign-in at {request.issuer} {_ended(callback)}"


def _ended(callback: Callback | None) -> str:
    if callback is None:
        return "stopped before it was answered"
    if callback.error:
        return "was refused there"
    return "was answered" if callback.code or callback.device else "was not done: you said no"


def ask_in_words(request: SignInRequest, link: Link, back: Return, stage: Any) -> bool:
    """Whether the person wants what is given kept in a file. On the main thread; ends when `back` has an answer.

    What is pasted is read as a password is: in a notebook, what `input()` reads is shown and saved.
    """
    print("\n".join(facts(request)))
    keep = _keep(request.can_keep_in_file)
    with stage(f"Open this address, on {link.host}, in your browser:\n\n{link.url}\n", outcome(request, None)):
        _wait_for_paste(back)
    return keep


def _wait_for_paste(back: Return) -> None:
    while not back.is_over:
        try:
            text = getpass(_PASTE).strip()
        except EOFError:
            text = "q"
        if back.is_over:
            return
        if text.lower() in ("q", "quit", "n", "no"):
            back.refuse()
        elif not text:
            print("nothing has come back yet")
        elif problem := back.offer_pasted(text):
            print(problem)


def tell_device(request: SignInRequest, device: Device) -> bool:
    """Prints the code to type elsewhere; whether what is given should be kept in a file. On the main thread."""
    print("\n".join(facts(request)))
    keep = _keep(request.can_keep_in_file)
    address = one_line(device.verification_uri, 500)
    print(f"On any device, open {address} and type the code  {one_line(device.user_code, 60)}")
    print("Waiting until it was typed; Stop or Ctrl-C ends it.")
    return keep


def ask_secret(request: SecretRequest) -> Secret:
    """What the person types, unseen. On the main thread."""
    print(
        f"{one_line(request.title)} ({request.host}) needs {one_line(request.what)}; it is kept in {request.stored_in}"
    )
    try:
        value = getpass(f"{one_line(request.what, 80)} (not shown): ")
    except EOFError:
        value = ""
    return Secret(value=value.strip(), keep_in_file=bool(value) and _keep(request.can_keep_in_file))


def _keep(offered: bool) -> bool:
    if not offered:
        return False
    print("There is no system keyring here.")
    try:
        return input("Keep it in a file that only you can read? [y]es / [n]o: ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def stage_of(shell: object) -> Callable[[str, str], contextlib.AbstractContextManager[None]]:
    """Shows a text for as long as it is of use: a notebook keeps what is left in its place, never the link."""

    @contextlib.contextmanager
    def stage(text: str, afterwards: str) -> Iterator[None]:
        if getattr(shell, "kernel", None) is None:
            print(text)
            yield
            return
        from IPython.display import display

        handle = display({"text/plain": text}, raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython has none
        try:
            yield
        finally:
            handle.update({"text/plain": afterwards}, raw=True)

    return stage
