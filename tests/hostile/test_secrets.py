"""Cases of secrets in results and arguments: they stay out of sight, out of the log, and where a policy wants it, here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_connectors.answering.preview import Facts, frame_preview, text_preview
from jupyter_connectors.errors import Denied, ToolFailed
from jupyter_connectors.models import Json
from jupyter_connectors.policy.layers import Defaults, Layer, Policy
from jupyter_connectors.show import result_bundle

from ..bench import bench
from .support import answering, listed, prose, tool

pytestmark = pytest.mark.anyio

KEY = "sk_live_" + "aB3dE5gH7jK9mN1pQ3sT5vX7"
AWS = "AKIA" + "IOSFODNN7QXAMPLE"
ROWS = {
    "rows": [{"id": "ch_3NfYxY2eZvKYlo2C", "note": f"use {KEY}", "key": AWS}, {"id": "2", "note": None, "key": "x"}]
}


async def test_case_44_a_secret_in_a_result_is_masked_where_it_is_shown_and_kept_in_the_frame(tmp_path: Path) -> None:
    result = {"content": [], "structuredContent": ROWS}
    async with bench(tmp_path, listed(tmp_path, tool(), **answering(result))) as on:
        found = await on.call("hostile", "echo", text="x")
        shown = json.dumps(result_bundle(found)) + json.dumps(result_bundle(found, found.df))
        assert KEY not in shown and AWS not in shown and "ch_3NfYxY2eZvKYlo2C" in shown
        assert "<AWS key, 20 characters>" in result_bundle(found)["text/plain"]
        told = frame_preview(found.df, Facts(name="f", completeness="x"))
        assert KEY not in told and AWS not in told and "<Stripe key, 32 characters>" in told
        assert list(found.df["key"]) == [AWS, "x"], "the values are the person's"
    async with bench(tmp_path, listed(tmp_path, tool(), **answering(prose(f"the key is {KEY}")))) as on:
        found = await on.call("hostile", "echo", text="x")
        assert KEY in found.text and KEY not in result_bundle(found)["text/plain"] + text_preview(found.text)


async def test_case_44_a_secret_in_an_error_or_in_arguments_is_in_no_message_and_no_record(tmp_path: Path) -> None:
    result = prose(f"401: the key {KEY} was refused", isError=True)
    async with bench(tmp_path, listed(tmp_path, tool(), **answering(result))) as on:
        with pytest.raises(ToolFailed) as caught:
            await on.call("hostile", "echo", text=f"with {AWS}")
        assert KEY not in str(caught.value) and "<Stripe key, 32 characters>" in str(caught.value)
        assert any("AWS key" in each for each in on.asked[0].warnings)
        assert json.loads((tmp_path / "log").read_text().splitlines()[-1])[2] == {"text": f"with {AWS}"}
        assert KEY not in str(on.audit.rows()) and AWS not in str(on.audit.rows())
    held = [each for each in tmp_path.rglob("*") if each.is_file() and each.name not in ("log", "tools.json")]
    assert held and not any(AWS.encode() in each.read_bytes() for each in held if each.suffix.startswith(".sqlite"))


@pytest.mark.parametrize("value", [AWS, {"deep": [AWS]}, {AWS: 1}], ids=["text", "nested", "a key of an object"])
async def test_case_44_a_policy_keeps_secrets_from_being_sent(tmp_path: Path, value: Json) -> None:
    async with bench(tmp_path, listed(tmp_path, tool())) as on:
        on.policy = Policy(layers=(Layer(name="p", source="organisation", defaults=Defaults(block_secrets=True)),))
        with pytest.raises(Denied) as caught:
            await on.call("hostile", "echo", text=value)
        assert AWS not in str(caught.value) and "AWS key" in str(caught.value)
        assert "tools/call" not in (tmp_path / "log").read_text()
        await on.call("hostile", "echo", text="ch_3NfYxY2eZvKYlo2C")
        assert [row["outcome"] for row in on.audit.rows()] == ["ok", "denied"]
        assert AWS not in str(on.audit.rows())
