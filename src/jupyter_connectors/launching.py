"""What a local server's command would do, for a person to see before it first runs; and what it may never be given."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

from jupyter_connectors.entries import Launch
from jupyter_connectors.text import visible

_LOADS = re.compile(
    r"LD_.*|DYLD_.*|PYTHON(?:PATH|HOME|STARTUP|INSPECT|BREAKPOINT|WARNINGS)|NODE_(?:OPTIONS|PATH)|PERL5?(?:LIB|OPT)|"
    r"RUBY(?:OPT|LIB)|_?JAVA_(?:TOOL_)?OPTIONS|JDK_JAVA_OPTIONS|BASH_ENV|ENV|BASH_FUNC_.*|PROMPT_COMMAND|IFS|SHELLOPTS|"
    r"GIT_(?:SSH|SSH_COMMAND|EXEC_PATH|EXTERNAL_DIFF|PAGER|ASKPASS)|PATH|GCONV_PATH|GLIBC_TUNABLES",
    re.IGNORECASE,
)
"""Variables that make a program load other code than its own, or find other programs than the ones it means."""

_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "fish", "csh", "tcsh", "cmd", "powershell", "pwsh", "busybox"})
_CODE = {"python": "-c", "node": "-e", "perl": "-e", "ruby": "-e", "deno": "eval", "php": "-r"}
_FETCHES = frozenset({"npx", "uvx", "pipx", "bunx", "dlx", "docker", "podman", "curl", "wget"})
_RAISES = frozenset({"sudo", "doas", "pkexec", "su", "runas"})
_LINES = (
    (re.compile(r"\b(?:curl|wget)\b.*\|\s*(?:\S*/)?\w*sh\b", re.DOTALL), "runs what it downloads (curl | sh)"),
    (re.compile(r"\brm\s+(?:-\w+\s+)*-\w*[rR]"), "deletes whole folders (rm -r)"),
    (re.compile(r"\b(?:mkfs|shred|dd\s+.*of=)"), "overwrites disks"),
    (re.compile(r"\bchmod\s+(?:-\w+\s+)*(?:777|[ugoa]*\+s)"), "opens files to everyone or raises rights (chmod)"),
    (re.compile(r"--privileged|-v\s*/:|--mount\s+\S*source=/,"), "gives a container the whole machine"),
)


def dangers(launch: Launch) -> tuple[str, ...]:
    """What in a command a person should look at twice."""
    line = " ".join([launch.command, *launch.args])
    # Within an argument too: `sh -c "sudo x"` is one.
    names = [_program(word) for word in re.split(r"[\s;|&()`'\"]+", line) if word]
    found = []
    if shell := _first(names, _SHELLS):
        found.append(f"a shell runs it, so it can be any program at all ({shell})")
    if raises := _first(names, _RAISES):
        found.append(f"runs with more rights than yours ({raises})")
    if name := next((name for name, flag in _CODE.items() if _runs(name, flag, names)), None):
        found.append(f"runs code that is written in the command ({name} {_CODE[name]})")
    found += [said for pattern, said in _LINES if pattern.search(line)]
    if fetches := _first(names, _FETCHES):
        found.append(f"may download a program and run it ({fetches})")
    return tuple(found)


def refused(names: Iterable[str]) -> tuple[str, ...]:
    """Those of these variables that no local server is given."""
    return tuple(name for name in names if _LOADS.fullmatch(name))


def resolved(command: str) -> Path | None:
    """The program that a command means, as an absolute path; None where there is none.

    A bare name counts only where it is found in an absolute folder of PATH: not in the folder the kernel happens to
    run in, where a file of a notebook could pose as a known program.
    """
    if Path(command).is_absolute() or os.sep in command or (os.altsep and os.altsep in command):
        found = shutil.which(command)
    else:
        folders = [each for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(each).is_absolute()]
        found = shutil.which(command, path=os.pathsep.join(folders)) if folders else None
        if found is not None and not Path(found).is_absolute():
            return None  # Windows looks in the current folder, whatever the path says
    return None if found is None else Path(os.path.abspath(found))  # noqa: PTH100  # a link stays a link, as it runs


def described(launch: Launch) -> list[str]:
    """The command in full, a line each: the program with its path, every argument, the variables and the folder."""
    program = resolved(launch.command)
    lines = [f"program:  {visible(str(program) if program else launch.command + ' (not found)')}"]
    lines += [f"argument: {visible(shlex.quote(each))}" for each in launch.args]
    lines += [f"variable: {visible(name)} from {visible(value)}" for name, value in launch.env.items()]
    if launch.cwd:
        lines.append(f"folder:   {visible(launch.cwd)}")
    return [line.replace("\n", "\n          ") for line in lines]


def _program(word: str) -> str:
    return re.split(r"[\\/]", word)[-1].lower().removesuffix(".exe")


def _first(names: list[str], wanted: frozenset[str]) -> str | None:
    return next((each for each in names if each in wanted), None)


def _runs(name: str, flag: str, names: list[str]) -> bool:
    starts = [place for place, each in enumerate(names) if re.fullmatch(rf"{name}[\d.]*", each)]
    return bool(starts) and flag in names[starts[0] + 1 :]
