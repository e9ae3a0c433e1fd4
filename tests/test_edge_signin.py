"""The card that takes a key, without a front end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jupyter_connectors.kernel import Desk
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.sessions.signin import Secret, SecretRequest
from jupyter_connectors.widgets.signin import SignIns
from jupyter_connectors.widgets.signincard import Elsewhere

REQUEST = SecretRequest(
    connector="web", title="Web", host="web.example", what="the value of the header X-Key", stored_in="the keyring"
)


@pytest.mark.anyio
async def test_a_key_that_comes_with_the_cards_first_word_is_taken() -> None:
    """A busy loop reads both at once."""
    desk, runtime = Desk(), Runtime()
    drawn: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    def changed() -> None:
        if stage.cards and not drawn.done():
            drawn.set_result(stage.cards[0])

    stage = Elsewhere(changed)
    with stage.lit():
        asking = asyncio.create_task(SignIns(None, runtime, desk).secret(REQUEST))
        identity = (await drawn)["id"]
        assert desk.deliver({"id": identity, "type": "hello"})
        assert desk.deliver({"id": identity, "type": "secret", "value": "k-1"})
        async with asyncio.timeout(5):
            assert await asking == Secret(value="k-1")
