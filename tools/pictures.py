"""The pictures in docs/images: the cells of each notebook, and what is done on the page before it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, expect
from tests.browser.lab import Notebook

NARROW = 300
CONNECT = "%load_ext jupyter_connectors\n%connect acme-billing acme-crm"
DEALS = "deals = acme_crm.list_opportunities(is_closed=False).df\n"
SUMS = DEALS + 'deals.groupby("owner_name")["amount"].sum().nlargest(3)'
MOVE = DEALS + (
    'acme_crm.update_opportunity(deals.loc[0, "id"], stage_name="Negotiation/Review", next_step="Call on Monday")'
)

Stage = Callable[[Notebook], Locator | None]
"""Brings a notebook to what the picture shows; gives the part of the page that is kept, or none for all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture, or several of the same notebook."""

    name: str
    cells: tuple[str, ...]
    stages: tuple[tuple[str, Stage], ...]
    height: int
    width: int = 1180
    is_run: bool = True
    """Whether its cells are run."""


def all_of_it(_: Notebook) -> None:
    """The page as it is."""


def grids(notebook: Notebook) -> None:
    """Tables with all their rows, the open amounts in order."""
    for header in notebook.page.get_by_role("columnheader", name="amount_due").get_by_role("button").all():
        header.click()
    for grid in notebook.page.locator(".jcn-grid").all():
        expect(grid.get_by_role("row").nth(3)).to_be_visible()
        expect(grid.locator("[aria-busy]")).to_have_count(0, timeout=30_000)


def asked(notebook: Notebook) -> None:
    """Tables, and a call that waits."""
    grids(notebook)
    notebook.page.get_by_role("button", name="Deny").scroll_into_view_if_needed()


def app_of(notebook: Notebook) -> FrameLocator:
    """What is in the app of the second cell."""
    return notebook.output(1).frame_locator("iframe").frame_locator("iframe")


def sized(notebook: Notebook, height: int) -> None:
    """The same page, no higher than what it shows."""
    notebook.page.set_viewport_size({"width": 1180, "height": height})


def dashboard(notebook: Notebook) -> None:
    """Revenue, in euros, with a month chosen."""
    sized(notebook, 780)
    app = app_of(notebook)
    expect(app.locator(".month")).to_have_count(12, timeout=30_000)
    app.locator(".month").nth(8).click()
    expect(app.locator(".month").nth(8)).to_have_attribute("aria-pressed", "true")
    notebook.page.mouse.move(5, 5)


def refund(notebook: Notebook) -> None:
    """A refund that the app asks for, and the card above it."""
    sized(notebook, 970)
    app = app_of(notebook)
    app.get_by_role("button", name="Invoices", exact=True).click()
    app.get_by_label("Status").select_option("paid")
    app.get_by_role("button", name="Refund ").first.click()
    app.get_by_label("Amount in EUR").fill("20.00")
    app.get_by_role("button", name="Refund…", exact=True).click()
    expect(notebook.output(1).get_by_role("button", name="Allow once")).to_be_visible(timeout=30_000)
    ready(notebook)


def board(notebook: Notebook) -> None:
    """A deal that the board moves, and the card above it."""
    app = app_of(notebook)
    card = app.get_by_role("region", name="Prospecting", exact=True).locator(".card").first
    card.click()
    app.get_by_role("menuitem", name="Qualification").click()
    expect(notebook.output(1).get_by_role("button", name="Allow once")).to_be_visible(timeout=30_000)
    ready(notebook)


def ready(notebook: Notebook) -> None:
    """Until the card takes an answer, with its cell in view."""
    notebook.cell(1).evaluate("(cell) => cell.scrollIntoView({ block: 'start' })")
    notebook.page.mouse.move(5, 5)
    # What has just been moved takes no answer for a moment, and is paler.
    notebook.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(notebook.page.locator("[data-fresh], .jcn-approval [aria-disabled=true]")).to_have_count(0)


def panel(notebook: Notebook, tab: str) -> Locator:
    """The sidebar with a tab in front."""
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('jupyter-connectors:open')")
    place = notebook.page.get_by_role("region", name="Connectors").and_(notebook.page.locator(".jcn-sidebar"))
    place.get_by_role("tab", name=tab).click()
    place.evaluate("() => document.activeElement.blur()")
    notebook.page.mouse.move(700, 5)
    notebook.page.wait_for_timeout(500)  # a list that has just been drawn settles
    return place


def connected(notebook: Notebook) -> Locator:
    """What is connected."""
    place = panel(notebook, "Connected")
    expect(place.get_by_role("list", name="Connected")).to_contain_text("Ready")
    return place


def directory(notebook: Notebook) -> Locator:
    """The directory."""
    return panel(notebook, "Directory")


def tools(notebook: Notebook) -> Locator:
    """The tools of what is connected, one of them unfolded."""
    place = panel(notebook, "Tools")
    fold = place.locator(".jcn-tool").nth(1).locator(".jcn-fold")
    if fold.get_attribute("aria-expanded") == "false":
        fold.click()
    return panel(notebook, "Tools")


def data(notebook: Notebook) -> Locator:
    """The frames that the kernel holds."""
    place = panel(notebook, "Data")
    expect(place.get_by_role("list", name="Data from connectors")).to_contain_text("complete")
    return place


def beside(notebook: Notebook) -> None:
    """The panel beside its notebook, after something was done in it: one connector unfolded, another mode chosen."""
    widen(notebook, 400)
    place = connected(notebook)
    place.get_by_role("radio", name="On demand").first.check()
    expect(place.locator(".jcn-foot-line code")).to_contain_text("%tools --mode on-demand")
    place.get_by_role("list", name="Connected").locator(".jcn-fold").first.click()
    connected(notebook)


def narrow(notebook: Notebook) -> Locator:
    """What is connected, in a sidebar that is as narrow as people have it."""
    widen(notebook, NARROW)
    return connected(notebook)


def widen(notebook: Notebook, width: int) -> None:
    """Drags the edge of the sidebar until the panel has this width."""
    mouse, place = notebook.page.mouse, connected(notebook)
    for _ in range(2):  # the first drag may end at a limit that the second one no longer meets
        box = place.bounding_box()
        assert box is not None
        edge, middle = box["x"] + box["width"], box["y"] + box["height"] / 2
        mouse.move(edge + 1, middle)
        mouse.down()
        mouse.move(box["x"] + width + 1, middle, steps=5)
        mouse.up()


def bar(notebook: Notebook) -> None:
    """A notebook that names connectors, as it looks when it was just opened."""
    names = {"connectors": ["acme-billing", "acme-crm"]}
    notebook.page.evaluate(
        "(names) => window.jupyterapp.shell.currentWidget.model.setMetadata('jupyter_connectors', names)", names
    )
    notebook.save()
    notebook.load()
    expect(notebook.page.locator(".jcn-notebook-bar")).to_be_visible(timeout=20_000)
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")


PICTURES = (
    Picture(
        name="quickstart",
        cells=(CONNECT, 'acme_billing.list_invoices(status="open")', MOVE),
        stages=(("", asked),),
        height=1170,
    ),
    Picture(
        name="directory",
        cells=("%load_ext jupyter_connectors\n%connect acme-billing", "%connect"),
        stages=(("", all_of_it),),
        height=1180,
    ),
    Picture(
        name="permissions",
        cells=(
            "%load_ext jupyter_connectors\n%connect acme-crm",
            "%tools acme-crm",
            "%connect --explain acme-crm.update_opportunity",
        ),
        stages=(("", all_of_it),),
        height=1200,
    ),
    Picture(
        name="grid",
        cells=(
            CONNECT,
            'acme_billing.list_invoices(status="open")',
            DEALS + "deals[deals.amount > 50_000]",
        ),
        stages=(("", grids),),
        height=1220,
    ),
    Picture(
        name="answer",
        cells=(CONNECT, "%%ask\nWhich customers with open invoices owe us most in euros?", "owing"),
        stages=(("", grids),),
        height=900,
    ),
    Picture(
        name="app",
        cells=(CONNECT, 'acme_billing.revenue_dashboard(currency="eur")'),
        stages=(("", dashboard), ("-asks", refund)),
        height=1000,
    ),
    Picture(
        name="board",
        cells=(CONNECT, 'acme_crm.pipeline_board(close_date_gte="2026-11-18", close_date_lt="2026-12-01")'),
        stages=(("", board),),
        height=1000,
    ),
    Picture(
        name="panel",
        cells=(CONNECT, 'invoices = acme_billing.list_invoices(status="open").df', SUMS),
        stages=(
            ("", beside),
            ("-connected", connected),
            ("-directory", directory),
            ("-tools", tools),
            ("-data", data),
            ("-narrow-connected", narrow),
            ("-narrow-directory", directory),
            ("-narrow-tools", tools),
        ),
        height=760,
    ),
    Picture(
        name="bar",
        cells=(
            'invoices = acme_billing.list_invoices(status="open").df',
            SUMS,
        ),
        stages=(("", bar),),
        height=270,
        is_run=False,
    ),
)
