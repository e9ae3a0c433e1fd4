"""The loop over the wire formats of Anthropic and OpenAI, against a scripted server in another process."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from pydantic_ai.models import Model

from jupyter_connectors.answering.events import CallFinished, Finished, TextDelta
from jupyter_connectors.answering.providers import Choice, open_model
from jupyter_connectors.errors import AskFailed, Denied
from jupyter_connectors.frames.result import Result
from jupyter_connectors.models import Json, Tool

from .conftest import Talk, invoices

pytestmark = pytest.mark.anyio

WIRE = Path(__file__).parent.parent / "wire"
KEY = "sk-canary-123456"


@pytest.fixture(params=["anthropic", "openai"])
def model(request: pytest.FixtureRequest, model_api: str) -> Model:
    if request.param == "anthropic":
        return open_model(Choice(provider="anthropic", model="claude-sonnet-5-5", base_url=model_api, key=KEY))
    return open_model(Choice(provider="openai", model="gpt-6.1-sol", base_url=f"{model_api}/v1", key=KEY))


async def test_a_call_streams_and_is_answered(talk: Talk, model: Model, model_api: str) -> None:
    talk.answers["list_invoices"] = invoices(3, text="x" * 400)
    answer = await talk.ask("How many are open?", model)
    assert answer.text == "Three invoices are open, as the frame shows (`invoices`)."
    assert len(answer.frames["invoices"]) == 3
    assert talk.calls == [("list_invoices", {"status": "open"})]
    assert len([event for event in talk.events if isinstance(event, TextDelta)]) > 3
    done = talk.events[-1]
    assert isinstance(done, Finished) and done.input_tokens > 0 and done.model == model.model_name


async def test_no_row_past_the_fifth_is_sent(talk: Talk, model: Model, model_api: str) -> None:
    def journal() -> list[dict[str, Json]]:
        with urlopen(f"{model_api}/__aimock/journal") as reply:
            found: list[dict[str, Json]] = json.load(reply)
        return found

    before = len(await asyncio.to_thread(journal))
    talk.answers["list_invoices"] = invoices(2_000)
    await talk.ask("How many are open?", model)
    sent = json.dumps((await asyncio.to_thread(journal))[before:])
    assert set(re.findall(r"secret-\d+", sent)) == {f"secret-{n}" for n in range(5)}


async def test_two_calls_at_once(talk: Talk, model: Model) -> None:
    talk.answers |= {"list_invoices": invoices(1), "list_customers": invoices(2)}
    answer = await talk.ask("Show me invoices and customers", model)
    assert answer.text == "Both are here."
    assert set(answer.frames) == {"invoices", "customers"}


async def test_a_refusal_reaches_the_model(talk: Talk, model: Model) -> None:
    async def caller(tool: Tool, arguments: dict[str, Json]) -> Result:
        raise Denied("acme-billing.create_refund was not allowed: you", hint="nothing was sent")

    answer = await talk.ask("Refund the last payment", model, caller=caller)
    assert answer.text == "It was not refunded."
    assert [event.outcome for event in talk.events if isinstance(event, CallFinished)] == ["denied"]


async def test_stopping_in_mid_stream_and_going_on(talk: Talk, model: Model) -> None:
    begun = asyncio.Event()
    setup = talk.events

    class Watched(list):  # type: ignore[type-arg]  # a list that tells when something is put in
        def append(self, event: object) -> None:
            super().append(event)
            begun.set()

    talk.events = Watched(setup)
    task = asyncio.create_task(talk.ask("Speak slowly", model))
    await asyncio.wait_for(begun.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await talk.ask("And now?", model)).text == "Now it is quick."


@pytest.mark.parametrize("question", ["Wrong key", "Odd request"])
async def test_an_error_of_the_api_is_two_lines_without_a_key(talk: Talk, model: Model, question: str) -> None:
    with pytest.raises(AskFailed) as failed:
        await talk.ask(question, model)
    assert "canary" not in str(failed.value)
    assert failed.value.__context__ is None and failed.value.__cause__ is None
    assert str(failed.value).count("\n") == 1
    assert ("key was refused" in failed.value.problem) is (question == "Wrong key")


async def test_a_server_that_is_not_there_is_two_lines(talk: Talk) -> None:
    nowhere = open_model(Choice(provider="anthropic", model="claude-x", base_url="http://127.0.0.1:9", key=KEY))
    with pytest.raises(AskFailed, match="could not be reached"):
        await talk.ask("Hello", nowhere)
