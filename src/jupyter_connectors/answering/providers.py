"""Which model answers, and how it is reached. Keys stay out of every text this module makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from jupyter_connectors.errors import AskFailed
from jupyter_connectors.text import one_line

if TYPE_CHECKING:
    from pydantic_ai.models import Model

DEFAULT_ANTHROPIC = "claude-sonnet-5-5"
DEFAULT_OPENAI = "gpt-6.1-sol"
OFFLINE = "offline"
VARIABLE = "JUPYTER_CONNECTORS_MODEL"

Provider = Literal["anthropic", "openai"]

_KEYS: dict[str, str] = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}
_BASES: dict[str, str] = {"anthropic": "ANTHROPIC_BASE_URL", "openai": "OPENAI_BASE_URL"}
_EXTRAS: dict[str, str] = {"anthropic": "ask", "openai": "openai"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A model to ask."""

    provider: Provider
    model: str
    base_url: str | None = field(default=None, repr=False)
    """Another address than the vendor's own. May hold a password."""

    key: str | None = field(default=None, repr=False)
    why: str = ""
    """What decided: `--model`, `ANTHROPIC_API_KEY is set`."""

    @property
    def name(self) -> str:
        """`provider:model`."""
        return f"{self.provider}:{self.model}"


def choose(
    flag: str | None = None,
    *,
    config: str | None = None,
    environ: Mapping[str, str],
    base_url: str | None = None,
    key: str | None = None,
) -> Choice | None:
    """The model to ask, or None for none: the flag, else the configuration, else the environment, else by key present.

    A model is written `provider:model` or `provider/model`; `offline` means none. `base_url` names an
    OpenAI-compatible server and then a bare model name will do; such a server is only sent the `key` given with it.
    `key` may be `env:NAME`.

    Raises:
        AskFailed: an unknown provider, a model without a name, or a key variable that is not set.
    """
    named = ((flag, "--model"), (config, "the configuration"), (environ.get(VARIABLE), VARIABLE))
    written, why = next(((each, why) for each, why in named if each), (None, ""))
    if written == OFFLINE:
        return None
    choice = _parsed(written, why, bare=base_url is not None) if written else _by_key(environ, base_url)
    if choice is None:
        return None
    usual = environ.get(_BASES[choice.provider]) or None
    # A key from the environment belongs to the address from the environment; another server must not get it.
    kept = environ.get(_KEYS[choice.provider]) if base_url in (None, usual) else None
    return replace(choice, base_url=base_url or usual, key=_key(key, environ) or kept)


def open_model(choice: Choice) -> Model:
    """The model behind a choice, ready to be asked.

    Raises:
        AskFailed: its library is not installed, or there is no key for it.
    """
    library = choice.provider
    if find_spec("pydantic_ai") is None or find_spec(library) is None:
        raise AskFailed(
            f"{choice.name} needs the {library} library, which is not installed",
            hint=f'pip install "jupyter-connectors[{_EXTRAS[library]}]"',
        )
    if not choice.key and choice.base_url is None:
        raise AskFailed(
            f"there is no key for {choice.name}", hint=f"set {_KEYS[library]}, or use %%ask --model {OFFLINE}"
        )
    # A local server wants no key, but the clients refuse to start without one.
    key = choice.key or "none"
    return _anthropic(choice, key) if library == "anthropic" else _openai(choice, key)


def _parsed(written: str, why: str, *, bare: bool) -> Choice:
    cut = min((place for place in (written.find(":"), written.find("/")) if place > 0), default=-1)
    provider, model = (written[:cut].lower(), written[cut + 1 :]) if cut > 0 else (written.lower(), "")
    if bare and provider not in _KEYS:
        return Choice(provider="openai", model=written, why=why)
    if provider not in _KEYS:
        raise AskFailed(
            f"there is no provider {one_line(provider, 40)!r}",
            hint="write anthropic:<model>, openai:<model>, or --base-url with a server that speaks OpenAI's format",
        )
    if not model:
        raise AskFailed(f"{one_line(written, 40)!r} names no model", hint=f"write {provider}:<model>")
    return Choice(provider="anthropic" if provider == "anthropic" else "openai", model=model, why=why)


def _by_key(environ: Mapping[str, str], base_url: str | None) -> Choice | None:
    if base_url:
        raise AskFailed("--base-url needs the name of a model", hint="add --model openai:<model>")
    if environ.get(_KEYS["anthropic"]):
        return Choice(provider="anthropic", model=DEFAULT_ANTHROPIC, why=f"{_KEYS['anthropic']} is set")
    if environ.get(_KEYS["openai"]):
        return Choice(provider="openai", model=DEFAULT_OPENAI, why=f"{_KEYS['openai']} is set")
    return None


def _key(key: str | None, environ: Mapping[str, str]) -> str | None:
    if key is None or not key.startswith("env:"):
        return key
    name = key.removeprefix("env:")
    if not environ.get(name):
        raise AskFailed(f"the variable {one_line(name, 60)} is not set", hint="set it where the kernel starts")
    return environ[name]


def _anthropic(choice: Choice, key: str) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings
    from pydantic_ai.providers.anthropic import AnthropicProvider

    provider = AnthropicProvider(api_key=key, base_url=choice.base_url)
    # Each step sends the conversation again, so it is cached; other servers may not know that parameter.
    cached = AnthropicModelSettings(anthropic_cache=True, anthropic_cache_tool_definitions=True)
    return AnthropicModel(choice.model, provider=provider, settings=None if choice.base_url else cached)


def _openai(choice: Choice, key: str) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = OpenAIProvider(api_key=key, base_url=choice.base_url)
    # Other servers that speak OpenAI's format know its chat completions; few know the newer Responses.
    if choice.base_url is None:
        return OpenAIResponsesModel(choice.model, provider=provider)
    return OpenAIChatModel(choice.model, provider=provider)
