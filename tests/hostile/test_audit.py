"""A call that must be recorded and cannot be is not made."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_connectors.audit import Audit
from jupyter_connectors.auditfile import AuditFile
from jupyter_connectors.errors import AuditProblem
from jupyter_connectors.models import canonical

from ..bench import bench
from .support import listed, tool

pytestmark = pytest.mark.anyio


async def test_a_required_audit_file_that_cannot_be_written_stops_the_call_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, listed(tmp_path, tool())) as on:
        stopping = Audit(on.judge.grants._store, files=(AuditFile(tmp_path / "gone" / "log.jsonl", required=True),))
        on.hub._audit = stopping
        with pytest.raises(AuditProblem, match="nothing was sent"):
            await on.call("hostile", "echo", text="x")
        assert "tools/call" not in (tmp_path / "log").read_text()
        assert canonical(stopping.rows()[0]["outcome"]) == '"denied"'
