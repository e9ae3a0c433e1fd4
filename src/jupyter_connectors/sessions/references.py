"""The values that a connector's settings only name: from a variable, the vault or a hidden prompt."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Mapping

from jupyter_connectors.entries import Auth, Entry, Remote
from jupyter_connectors.errors import ConnectionFailed, SignInNeeded
from jupyter_connectors.models import Json
from jupyter_connectors.sessions.http import ascii_host
from jupyter_connectors.sessions.signin import Person, SecretRequest
from jupyter_connectors.vault import Key, Vault, this_user

CLIENT_SECRET = "the client secret"
PRIVATE_KEY = "the private key"
WORKLOAD = "the workload's token"
ID_TOKEN = "the id token of your organisation"


class References:
    """Looks up the secrets of one connection. One that was typed is asked for once."""

    def __init__(self, name: str, entry: Entry, *, account: str, vault: Vault, person: Person, user: str) -> None:
        assert isinstance(entry.target, Remote)
        self._name = name
        self._entry = entry
        self._url = entry.target.url
        self._account = account
        self._vault = vault
        self._person = person
        self._user = user
        self._typed: dict[str, str] = {}

    async def value(self, reference: str, what: str) -> str:
        """What a reference stands for; `what` it is, in words for the person.

        Raises:
            ConnectionFailed: The variable is not set, or this is no reference.
            SignInNeeded: The person did not give it, or nobody is there.
        """
        if reference.startswith("env:"):
            return self._variable(reference.removeprefix("env:"), what)
        if reference == "keyring":
            return await self._kept(what)
        if reference == "prompt":
            return await self._asked(what, kept=False)
        raise ConnectionFailed(
            f"{self._entry.title}: {what} is not given by reference", hint="write env:NAME, keyring or prompt"
        )

    async def plain(self, text: str, what: str) -> str:
        """What is no secret, so may be written out: the text itself, or what a variable holds."""
        return self._variable(text.removeprefix("env:"), what) if text.startswith("env:") else text

    async def header(self, auth: Auth) -> tuple[str, str]:
        """The name and value of the header with a key in it."""
        value = await self.value(auth.value, _header(auth))
        value = value.strip()
        if auth.scheme == "Basic" and ":" in value:
            value = base64.b64encode(value.encode()).decode()
        # PagerDuty's scheme is `Token token=`, with the key right behind it.
        gap = "" if auth.scheme.endswith("=") else " "
        return auth.header, f"{auth.scheme}{gap}{value}".strip()

    async def forget_all(self, auth: Auth) -> None:
        """Removes from the vault what was typed for these settings."""
        named = {
            _header(auth): auth.value,
            CLIENT_SECRET: auth.client_secret,
            PRIVATE_KEY: auth.client_secret,
            WORKLOAD: auth.client_secret,
            ID_TOKEN: auth.idp_token,
        }
        for what, reference in named.items():
            if reference == "keyring":
                await asyncio.to_thread(self._vault.delete, self._key(what))

    def _variable(self, name: str, what: str) -> str:
        if name not in os.environ:
            raise ConnectionFailed(
                f"the environment variable {name!r} for {what} is not set",
                hint=f"set it before the kernel starts, or with %env {name}=...",
            )
        return os.environ[name]

    async def _kept(self, what: str) -> str:
        found = await asyncio.to_thread(self._vault.get, self._key(what))
        return str(found["value"]) if found else await self._asked(what, kept=True)

    async def _asked(self, what: str, *, kept: bool) -> str:
        if what in self._typed:
            return self._typed[what]
        request = SecretRequest(
            connector=self._name,
            title=self._entry.title,
            host=ascii_host(self._url),
            what=what,
            stored_in=self._vault.told if kept else "memory, until the kernel ends",
            can_keep_in_file=kept and self._vault.may_keep_in_file,
        )
        secret = await self._person.secret(request)
        if not secret.value:
            raise SignInNeeded(f"{self._entry.title} was not given {what}", hint="connect it again to be asked again")
        self._typed[what] = secret.value
        if kept:
            if secret.keep_in_file:
                await asyncio.to_thread(self._vault.keep_in_file)
            await asyncio.to_thread(self._vault.put, self._key(what), {"value": secret.value})
        return secret.value

    def _key(self, what: str) -> Key:
        return _key(self._entry, what, user=self._user, account=self._account, url=self._url)


def _header(auth: Auth) -> str:
    return f"the value of the header {auth.header}"


class Given:
    """Secrets that a person gave before they connect: in the vault where the connection looks for them, or as before."""

    def __init__(self, vault: Vault, entry: Entry, *, account: str, keep: bool) -> None:
        """`keep` is the person's yes to a file, where there is no keyring."""
        self._vault = vault
        self._entry = entry
        self._account = account
        self._keep = keep
        self._before: dict[Key, dict[str, Json] | None] = {}

    async def put(self, secrets: Mapping[str, str]) -> None:
        """Keeps each under what it is: `key` or `client_secret`.

        Raises:
            StateProblem: It could not be kept.
        """
        if secrets and self._keep:
            await asyncio.to_thread(self._vault.keep_in_file)
        for what, value in secrets.items():
            key = self._key(what)
            self._before[key] = await asyncio.to_thread(self._vault.get, key)
            await asyncio.to_thread(self._vault.put, key, {"value": value})

    async def take_back(self) -> None:
        """Leaves the vault as it was: what did not connect is no secret to keep."""
        for key, before in self._before.items():
            if before is None:
                await asyncio.to_thread(self._vault.delete, key)
            else:
                await asyncio.to_thread(self._vault.put, key, before)
        self._before.clear()

    def _key(self, what: str) -> Key:
        assert isinstance(self._entry.target, Remote)  # nobody else takes a secret
        auth, url = self._entry.target.auth, self._entry.target.url
        said = _header(auth) if what == "key" else PRIVATE_KEY if auth.flow == "private_key_jwt" else CLIENT_SECRET
        return _key(self._entry, said, user=this_user(), account=self._account, url=url)


def _key(entry: Entry, what: str, *, user: str, account: str, url: str) -> Key:
    return Key(user=user, connector=f"{entry.identity} {what}", account=account, resource=url)
