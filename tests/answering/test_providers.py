"""Which model is chosen, and that keys stay hidden."""

from __future__ import annotations

import pytest

from jupyter_connectors.answering.providers import DEFAULT_ANTHROPIC, DEFAULT_OPENAI, VARIABLE, choose, open_model
from jupyter_connectors.errors import AskFailed

KEY = "sk-canary-123456789"
BOTH = {"ANTHROPIC_API_KEY": KEY, "OPENAI_API_KEY": KEY}


def name(*args: str | None, **more: object) -> str | None:
    found = choose(*args, **more)  # type: ignore[arg-type]  # a shorthand for the table below
    return found.name if found else None


def test_the_order_is_flag_config_variable_key() -> None:
    environ = {**BOTH, VARIABLE: "anthropic:c"}
    assert name("openai:a", config="anthropic:b", environ=environ) == "openai:a"
    assert name(None, config="anthropic:b", environ=environ) == "anthropic:b"
    assert name(environ=environ) == "anthropic:c"
    assert name(environ=BOTH) == f"anthropic:{DEFAULT_ANTHROPIC}"
    assert name(environ={"OPENAI_API_KEY": KEY}) == f"openai:{DEFAULT_OPENAI}"
    assert name(environ={}) is None


def test_offline_is_a_choice() -> None:
    assert name("offline", environ=BOTH) is None


@pytest.mark.parametrize("written", ["anthropic:claude-x", "anthropic/claude-x", "Anthropic:claude-x"])
def test_both_ways_of_writing_a_model(written: str) -> None:
    assert name(written, environ=BOTH) == "anthropic:claude-x"


def test_a_model_name_may_hold_colons_and_slashes() -> None:
    assert name("openai:org/model:7b", environ=BOTH) == "openai:org/model:7b"
    assert name("qwen3:8b", base_url="http://127.0.0.1:11434/v1", environ={}) == "openai:qwen3:8b"


@pytest.mark.parametrize("written", ["mystery:model", "claude-x", "anthropic:", "openai"])
def test_what_names_no_model_is_refused(written: str) -> None:
    with pytest.raises(AskFailed):
        choose(written, environ=BOTH)


def test_addresses_come_from_the_flag_or_the_environment() -> None:
    environ = {**BOTH, "OPENAI_BASE_URL": "http://a/v1", "ANTHROPIC_BASE_URL": "http://b"}
    found = choose("openai:m", environ=environ)
    assert found is not None and (found.base_url, found.key) == ("http://a/v1", KEY)
    found = choose("anthropic:m", environ=environ)
    assert found is not None and found.base_url == "http://b"


def test_the_vendors_key_is_not_sent_to_another_address() -> None:
    found = choose("openai:m", environ=BOTH, base_url="http://127.0.0.1:8000/v1")
    assert found is not None and (found.base_url, found.key) == ("http://127.0.0.1:8000/v1", None)


def test_a_key_is_read_from_the_variable_it_names() -> None:
    found = choose("openai:m", environ={"MINE": KEY}, base_url="http://x/v1", key="env:MINE")
    assert found is not None and found.key == KEY
    with pytest.raises(AskFailed, match="MINE"):
        choose("openai:m", environ={}, key="env:MINE")


def test_keys_are_in_no_text() -> None:
    found = choose("openai:m", environ=BOTH)
    assert KEY not in repr(found) and KEY not in str(found)
    assert found is not None and KEY not in repr(open_model(found))


def test_no_key_for_a_vendor_says_what_to_set() -> None:
    found = choose("anthropic:m", environ={})
    assert found is not None
    with pytest.raises(AskFailed) as failed:
        open_model(found)
    assert "ANTHROPIC_API_KEY" in failed.value.hint
