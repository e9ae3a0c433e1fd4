"""What is known of a call beside the call itself, and the verdict from it: the rules, the person's settings, consents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from jupyter_connectors.approval import HOURS, Choice, Grant
from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import ConnectorError, Denied
from jupyter_connectors.flags import flags
from jupyter_connectors.granting import Grants
from jupyter_connectors.granting import now as instant
from jupyter_connectors.models import Json, Tool, ToolCall, ToolClass
from jupyter_connectors.permissions import Permissions, Settings
from jupyter_connectors.policy.classes import classify
from jupyter_connectors.policy.judge import Definition, Known, Step, Verdict, judge, visible_tool
from jupyter_connectors.policy.judge import explain as explain_rules
from jupyter_connectors.policy.layers import Policy, may_connect
from jupyter_connectors.policy.rules import ALWAYS, NEVER, Remember
from jupyter_connectors.reviewing import Accepted, Definitions, Met
from jupyter_connectors.store import Store

_LENGTHS = {"session": Remember.parse("session"), "hours": Remember.parse("hours:1"), "always": ALWAYS}


@dataclass(frozen=True, slots=True)
class _Moment:
    """What the store holds and the policy says at one moment."""

    policy: Policy
    settings: Settings
    accepted: Accepted
    notebook: str


class Judge:
    """The verdict on calls of one kernel, from its policy and from what the store holds at that moment.

    A change that another kernel makes counts from the next call on.
    """

    def __init__(
        self,
        store: Store,
        *,
        policy: Callable[[], Policy] | None = None,
        notebook: Callable[[], str] = str,
    ) -> None:
        """`policy` gives the rules as they are now; `notebook` the notebook's path, empty where nobody knows it."""
        none = Policy()
        self._policy = policy or (lambda: none)
        self.notebook = notebook
        self.grants = Grants(store, notebook=notebook)
        self.permissions = Permissions(store)
        self.definitions = Definitions(store)
        self._shown: dict[str, tuple[tuple[object, ...], tuple[Tool, ...]]] = {}

    def policy(self) -> Policy:
        """The rules as they are now.

        Raises:
            ConnectorError: They cannot be read, so nothing is allowed.
        """
        return self._policy()

    def refusal(self, entry: Entry) -> str | None:
        """Why the entry may not be connected, in words; None if it may.

        Raises:
            ConnectorError: The policy cannot be read.
        """
        return may_connect(entry, self.policy())

    def check_connecting(self, entry: Entry) -> None:
        """Looks whether the entry may be connected.

        Raises:
            Denied: The policy does not let it.
            ConnectorError: The policy cannot be read.
        """
        refused = self.refusal(entry)
        if refused is not None:
            raise Denied(f"{entry.id} cannot be connected: {refused}", hint="ask the people who wrote the policy")

    def verdict(self, call: ToolCall, tool: Tool, entry: Entry) -> Verdict:
        """What becomes of the call. Never raises: what cannot be judged does not run."""
        try:
            now = self._now()
            refused = may_connect(entry, now.policy)
            if refused is None:
                known = self._known(tool, entry, now)
                secrets = secrets_in(call.arguments)
                known = replace(known, secrets=secrets, outside=call.outside, private=call.private)
                return judge(call, tool, known, now.policy)
        except ConnectorError as error:
            refused = error.problem
        except Exception as error:  # noqa: BLE001  # whatever it is: what cannot be judged does not run
            refused = f"the call cannot be judged ({type(error).__name__})"
        return Verdict(decision="deny", rule=refused, tool_class=self.class_of(tool, entry))

    def known(self, tool: Tool, entry: Entry) -> Known:
        """What is known of a tool before there is a call.

        Raises:
            ConnectorError: The policy cannot be read.
        """
        return self._known(tool, entry, self._now())

    def _now(self) -> _Moment:
        return _Moment(self.policy(), self.permissions.now(), self.definitions.now(), self.notebook())

    def _known(self, tool: Tool, entry: Entry, now: _Moment) -> Known:
        tool_class, identity, settings = self.class_of(tool, entry), entry.identity, now.settings
        setting = settings.of(identity, tool.name, tool_class)
        here = settings.of(identity, tool.name, tool_class, notebook=now.notebook) if now.notebook else None
        definition: Definition = now.accepted.state(identity, tool) if tool.listed else "known"
        if definition == "changed" and not self._matters(tool, entry, always=setting == "allow", now=now):
            definition = "new"
        return Known(
            tool_class=tool_class,
            reviewed=tool.name in entry.reviewed or not tool.listed,
            entry=entry.id,
            definition=definition,
            setting=setting,
            notebook_setting=here,
        )

    def class_of(self, tool: Tool, entry: Entry) -> ToolClass:
        """What the tool does to the world."""
        return classify(tool, entry.reviewed) if tool.listed else ToolClass.READ

    def _matters(self, tool: Tool, entry: Entry, *, always: bool, now: _Moment) -> bool:
        """True for a change that a person must look at: they had said a lasting yes, or the policy wants it so.

        Otherwise there is no yes that the change could misuse, and the tool is taken as one that appeared later.
        """
        return always or now.policy.new_tools == "review" or self.grants.standing(entry.identity, tool.name)

    def visible(self, tools: tuple[Tool, ...], entry: Entry) -> tuple[Tool, ...]:
        """The tools that can be called with some arguments or other; the rest is in no list."""
        try:
            now = self._now()
            # All of these are replaced when they change, never altered.
            seen = (entry, tools, now.policy, now.settings, now.accepted, now.notebook, self.grants.turn)
            held = self._shown.get(entry.identity)
            if held is None or any(one is not other and one != other for one, other in zip(held[0], seen, strict=True)):
                held = self._shown[entry.identity] = (seen, self._visible(tools, entry, now))
            return held[1]
        except ConnectorError:
            return ()

    def shows(self, tool: Tool, entry: Entry) -> bool:
        """Whether one tool can be called with some arguments or other."""
        try:
            return bool(self._visible((tool,), entry, self._now()))
        except ConnectorError:
            return False

    def _visible(self, tools: tuple[Tool, ...], entry: Entry, now: _Moment) -> tuple[Tool, ...]:
        if may_connect(entry, now.policy) is not None:
            return ()
        return tuple(each for each in tools if visible_tool(each, self._known(each, entry, now), now.policy))

    def explain(self, tool: Tool, entry: Entry) -> list[Step]:
        """Everything that bears on a tool before there is a call, the deciding step first."""
        try:
            now = self._now()
            steps = explain_rules(tool, self._known(tool, entry, now), now.policy)
            refused = may_connect(entry, now.policy)
        except ConnectorError as error:
            return [Step(layer="policy", rule=error.problem, effect="block", decides=True)]
        if refused is None:
            return steps
        first = Step(layer="policy", rule=refused, effect="block", decides=True)
        return [first, *(replace(each, decides=False) for each in steps)]

    def accept(self, tool: Tool, entry: Entry) -> None:
        """From now on the tool is known as it is; what was allowed for an earlier definition of it is void."""
        identity = entry.identity
        void = [
            each.id
            for each in self.grants.all()
            if (each.identity, each.tool) == (identity, tool.name) and each.definition_hash != tool.definition_hash
        ]
        changed = self.definitions.now().state(identity, tool) == "changed"
        if changed and self.permissions.now().exactly(identity, tool=tool.name) == "allow":
            # It was said of the tool as it was; what is set for its whole group was said of tools not yet known.
            self.permissions.set(identity, None, tool=tool.name)
        self.grants.revoke(*void)
        self.definitions.accept(identity, tool)

    def forget(self, identity: str) -> None:
        """Forgets everything about a service: what was allowed, set and accepted."""
        self.grants.revoke(*(each.id for each in self.grants.all() if each.identity == identity))
        self.permissions.forget(identity)
        self.definitions.forget(identity)

    def granted(self, call: ToolCall, tool: Tool, entry: Entry, verdict: Verdict) -> Grant | None:
        """The yes that covers the call, kept no longer than the rules now allow one to be kept."""
        if verdict.fresh:
            return None
        remember = verdict.remember

        def counts(grant: Grant) -> bool:
            if not grant.standing:
                return keepable("session", remember)
            if not keepable("always" if grant.expires_at is None else "hours", remember):
                return False
            return not remember.hours or instant() - grant.made_at <= timedelta(hours=remember.hours)

        return self.grants.covers(call, tool, entry.identity, counts=counts)

    def met(self, entry: Entry, tools: tuple[Tool, ...]) -> Met:
        """Takes note of what a server lists."""
        return self.definitions.met(entry.identity, tools)

    def warnings(
        self, call: ToolCall, tool: Tool, entry: Entry, connected_names: Collection[str] = ()
    ) -> tuple[str, ...]:
        """What a person should look at twice before a yes."""
        known, secrets = self.known(tool, entry), secrets_in(call.arguments)
        found = [*flags(tool, connected_names)]
        if known.definition == "new":
            found.append("the server changed this tool, or added it, after you connected it first")
        if secrets:
            found.append(f"the arguments hold what looks like a secret ({', '.join(secrets)})")
        return tuple(found)


def choices(remember: Remember) -> tuple[tuple[Choice, ...], int]:
    """What may be answered where a yes may be kept that long, and how many hours "for some hours" are."""
    hours = min(remember.hours or HOURS, HOURS)
    if remember == ALWAYS:
        return ("once", "hours", "always", "deny"), hours
    if remember.hours:
        return ("once", "session", "hours", "deny"), hours
    if remember == NEVER:
        return ("once", "deny"), hours
    return ("once", "session", "deny"), hours


def keepable(choice: Choice, remember: Remember) -> bool:
    """True if a yes of this length may be kept; a longer one than allowed is a yes to this call only."""
    length = _LENGTHS.get(choice)
    return length is not None and length <= remember


def secrets_in(arguments: Json) -> tuple[str, ...]:
    """The kinds of secrets in the texts of a call's arguments."""
    from jupyter_connectors.secrets import find

    return find("\n".join(_texts(arguments)))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
