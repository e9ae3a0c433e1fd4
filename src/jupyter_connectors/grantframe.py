"""What a person has allowed, and what decides about a tool, as tables."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from jupyter_connectors.approval import Grant
from jupyter_connectors.bounds import in_words
from jupyter_connectors.policy.judge import Step

_COLUMNS = ("id", "connector", "account", "tool", "arguments", "lasts", "until", "made_at", "notebook")


def grant_frame(grants: Iterable[Grant]) -> pd.DataFrame:
    """One row a grant, oldest first: what it is for, with which arguments, and how long it holds."""
    rows = [
        (
            grant.id,
            grant.connector,
            grant.account,
            grant.tool,
            in_words(grant.pattern) or "any",
            "session" if not grant.standing else "hours" if grant.expires_at else "always",
            grant.expires_at,
            grant.made_at,
            grant.notebook,
        )
        for grant in grants
    ]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    instants = {"until": "datetime64[us, UTC]", "made_at": "datetime64[us, UTC]"}
    texts = {name: "str" for name in _COLUMNS if name not in instants}
    return frame.astype({**texts, **instants})


def step_frame(steps: Iterable[Step]) -> pd.DataFrame:
    """One row for each rule that bears on a tool, the deciding one first."""
    rows = [(each.layer, each.rule, each.effect, each.decides) for each in steps]
    frame = pd.DataFrame(rows, columns=["where", "rule", "effect", "decides"])
    return frame.astype({"where": "str", "rule": "str", "effect": "str", "decides": "bool"})
