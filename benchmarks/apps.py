"""How long an app's call takes, from the control channel and back: while no cell runs, while one sleeps, while one computes.

Each call is one `tools/call` of an app that is open, as JupyterLab sends it: judged, recorded, sent to a server of its own
process and answered. The server is tests/servers/apps.py, its tool answers at once, so all that counts is the way. The cell
that computes holds Python's lock as much as a loop can. Kernels that are not installed are left out
(`python tools/kernels.py` makes them).

    python benchmarks/apps.py [CALLS]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from common import Spread, own_places, print_table, spread
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

CALLS, WARM_UP = 60, 5
GOAL_MS = 150.0
KERNELS = ("python3", "ipykernel-7.3.0", "ipykernel-6.31.0")
SERVER = Path(__file__).parents[1] / "tests" / "servers" / "apps.py"
MIME = "application/vnd.jupyter-connectors.app+json"

CONNECT = f"""
%load_ext jupyter_connectors
import sys, ipykernel
from jupyter_connectors import joining
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.extension import current
from jupyter_connectors.models import ToolClass

target = Launch(command=sys.executable, args=({str(SERVER)!r},))
reviewed = dict.fromkeys(['show_board', 'poll'], ToolClass.READ)
entry = Entry(id='board', title='Board', summary='', category='test', target=target, reviewed=reviewed)
joining.connect(current(), [entry])
print(ipykernel.__version__)
"""
CELLS = {
    "no cell runs": "",
    "a cell sleeps": "print('begun', flush=True)\nimport time\ntime.sleep(600)",
    "a cell computes": "print('begun', flush=True)\nn = 0\nwhile True:\n    n += 1",
}


class Driven:
    """One kernel with the service connected and an app open in it."""

    def __init__(self, name: str) -> None:
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel()
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.version = self.run(CONNECT)[0].strip()
        self.ask({"type": "status"})
        self.app = self.run("board.show_board()")[1][-1][MIME]["id"]
        self.ask({"id": self.app, "type": "open", "view": "v"})

    def close(self) -> None:
        """Ends the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code: str, *, until: str = "") -> tuple[str, list[dict[str, Any]]]:
        """What a cell printed and showed, at its end or once it has printed `until`."""
        number, printed, shown = self.client.execute(code, allow_stdin=True), "", []
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != number:
                continue
            if kind == "error" and content["ename"] != "KeyboardInterrupt":
                raise RuntimeError(f"{content['ename']}: {content['evalue']}")
            if kind == "stream":
                printed += content["text"]
            elif kind in ("display_data", "execute_result"):
                shown.append(content["data"])
            if (until and until in printed) or (kind == "status" and content["execution_state"] == "idle"):
                return printed, shown

    def ask(self, content: dict[str, Any]) -> dict[str, Any]:
        """The kernel's reply to a message of a view."""
        message = self.client.session.msg("jupyter_connectors_request", content)
        self.client.control_channel.send(message)
        while True:
            reply = self.client.get_control_msg(timeout=30)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return dict(reply["content"])

    def latency(self, calls: int) -> Spread:
        """Milliseconds of a call of the app."""
        params = {"name": "poll", "arguments": {}}
        request = {"id": self.app, "type": "request", "view": "v", "method": "tools/call", "params": params}
        times: list[float] = []
        for _ in range(WARM_UP + calls):
            began = time.perf_counter()
            reply = self.ask(request)
            times.append(1000 * (time.perf_counter() - began))
            if "result" not in reply:
                raise RuntimeError(f"the call failed: {reply}")
        return spread(times[WARM_UP:])


def measured(name: str, calls: int) -> list[list[str]]:
    """A row for each thing the kernel does meanwhile."""
    kernel, rows = Driven(name), []
    try:
        for what, code in CELLS.items():
            if code:
                kernel.run(code, until="begun")
            found = kernel.latency(calls)
            within = "yes" if found.p90 < GOAL_MS else "no"
            rows.append([f"{kernel.version}, {what}", f"{found.median:.1f}", f"{found.p90:.1f}", within])
            if code:
                kernel.manager.interrupt_kernel()
                kernel.run("")
        return rows
    finally:
        kernel.close()


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    known = KernelSpecManager().find_kernel_specs()
    with own_places():
        rows = [row for name in KERNELS if name in known for row in measured(name, calls)]
    title = f"An app's call by the control channel, ms of {calls} calls"
    print_table(title, ["ipykernel, meanwhile", "median", "p90", f"< {GOAL_MS:.0f}"], rows)


if __name__ == "__main__":
    main()
