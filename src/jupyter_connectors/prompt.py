"""How the person is asked where no card can be drawn, and what happens where nobody is there."""

from __future__ import annotations

import json
from dataclasses import replace

from jupyter_connectors.approval import Answer, Choice, Request
from jupyter_connectors.consent import ASKS, DOES, edited, reason_of
from jupyter_connectors.consulting import NOBODY
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.errors import InvalidArguments
from jupyter_connectors.launching import dangers, described
from jupyter_connectors.models import Json
from jupyter_connectors.secrets import masked
from jupyter_connectors.text import one_line, plural, visible

_KEYS: dict[str, Choice] = {
    "y": "once",
    "yes": "once",
    "s": "session",
    "session": "session",
    "h": "hours",
    "hours": "hours",
    "a": "always",
    "always": "always",
}


def ask_in_words(request: Request) -> Answer:
    """The person's answer through `input()`. Called on the main thread; anything but a clear yes is a no."""
    _tell(request)
    try:
        return _asked(request)
    except EOFError:
        return NOBODY


def ask_to_start(entry: Entry, launch: Launch) -> bool:
    """Whether the person wants this program to run, shown in full. Anything but a clear yes is a no."""
    print(f"{one_line(entry.title)} starts a program on this machine, with your rights:")
    for line in described(launch):
        print(f"  {line}".replace("\n", "\n  "))
    for danger in dangers(launch):
        print(f"  ! {danger}")
    try:
        return input("Start it, now and whenever you connect it? [y]es / [n]o: ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _tell(request: Request) -> None:
    call = request.call
    place = " · ".join(one_line(each) for each in (request.connector_title, call.account, call.tool) if each)
    print(f"{place}: {DOES[request.tool_class]} ({ASKS[call.asked_by]}; asked because {visible(request.why)})")
    if request.asked > 1:
        print(f"  asked {request.asked} times in this session")
    for warning in request.warnings:
        print(f"  ! {visible(warning)}".replace("\n", "\n    "))
    for name, value in call.arguments.items():
        origin = request.origins.get(name, "")
        now = f", now {_written(request.before[name])}" if request.before and name in request.before else ""
        told = f"   ({one_line(origin)}{now})" if origin and now else f"   ({one_line(origin)}{now.removeprefix(', ')})"
        # Indented, so that no line of a value can pass for one of ours.
        print(f"  {one_line(name)} = {_written(value)}{told if origin or now else ''}".replace("\n", "\n      "))


def _written(value: Json) -> str:
    safe = masked(value)
    return visible(safe if isinstance(safe, str) else json.dumps(safe, ensure_ascii=False))


def _asked(request: Request) -> Answer:
    name = f"{request.call.connector}.{one_line(request.call.tool)}"
    words = {
        "once": "[y]es once",
        "session": "[s]ession",
        "hours": f"for {plural(request.hours, '[h]our')}",
        "always": "[a]lways, any arguments",
    }
    offers = [words[each] for each in request.choices if each in words]
    answer = input(f"Allow {name}? {' / '.join([*offers, '[e]dit', '[n]o, and why'])}: ").strip()
    word, _, rest = answer.partition(" ")
    key = word.lower().rstrip(",:;")
    if key in ("e", "edit"):
        return _edited(request, name)
    choice = _KEYS.get(key, "deny") if not rest else "deny"
    if choice in request.choices and choice != "deny":
        return Answer(choice=choice, by="you")
    # "no, the amount is wrong": what follows the no is the reason.
    return Answer(choice="deny", by="you", reason=reason_of(rest.strip()) if key in ("n", "no") else "")


def _edited(request: Request, name: str) -> Answer:
    """The yes to a call with other arguments; an empty line is a no."""
    print('  write the arguments that change, as JSON on one line, such as {"amount": 10}; an empty line is a no')
    while text := input(f"{name}: ").strip():
        try:
            changes = json.loads(text)
            arguments_json = edited(request, {key: json.dumps(value) for key, value in dict(changes).items()})
        except InvalidArguments as error:
            print(f"  {error.problem}")
        except (ValueError, TypeError, RecursionError) as error:
            print(f"  that is not JSON: {one_line(str(error))}")
        else:
            return replace(Answer(choice="once", by="you"), arguments_json=arguments_json)
    return Answer(choice="deny", by="you")
