from __future__ import annotations

from collections.abc import Iterator

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from .driving import Kernel


@pytest.fixture(scope="module", autouse=True)
def apart(own_state: None) -> None:
    """The kernels of a module know nothing of what other modules have blocked or allowed."""


KERNELS = ("python3", "ipykernel-7.3.0", "ipykernel-6.31.0")


@pytest.fixture(scope="module", params=KERNELS)
def any_kernel(request: pytest.FixtureRequest) -> Iterator[Kernel]:
    """A kernel of each supported ipykernel with both demo services connected."""
    yield from _connected(request.param)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """A kernel of the newest ipykernel with both demo services connected."""
    yield from _connected("python3")


def _connected(name: str) -> Iterator[Kernel]:
    if name not in KernelSpecManager().find_kernel_specs():
        pytest.skip(f"the kernel {name} is not installed: python tools/kernels.py")
    made = Kernel(name)
    try:
        loaded = made.run("%load_ext jupyter_connectors\n%connect acme-billing acme-crm")
        assert loaded.error is None, loaded.error
        yield made
    finally:
        made.close()
