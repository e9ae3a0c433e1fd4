"""Signing in at a real authorization server, in a real browser, from JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from ..oidc.rig import Rig, rig
from .lab import Notebook

Open = Callable[..., Notebook]

LOAD = "import os; os.environ['JUPYTER_CONNECTORS_SECRETS'] = 'memory'\n%load_ext jupyter_connectors"
LOOK = (
    "import jupyter_connectors as jc\njc.permission('mail', 'unread', 'allow')\n"
    "print('unread:', mail.unread().df['subject'].tolist())"
)


@pytest.fixture(scope="module")
def service() -> Iterator[Rig]:
    with rig() as made:
        yield made


def asked(
    notebook: Open, service: Rig, *cells: str, tunnel: bool = False, extension: bool = True
) -> tuple[Notebook, Locator]:
    """A notebook whose second cell waits for a sign-in, and the card."""
    connect = f"%connect {service.url} --as mail"
    page = notebook(LOAD, connect, LOOK, *cells)
    if tunnel:
        # The page is at 127.0.0.1 as through `ssh -L`, and no other port of the kernel's machine is.
        home = page.page.url.split("/lab")[0]
        page.page.context.route(
            lambda url: url.startswith("http://127.0.0.1:") and not url.startswith(home), lambda route: route.abort()
        )
    if not extension:
        page.page.context.route("**/jupyter-connectors/oauth/ready?*", lambda route: route.fulfill(status=404))
    page.run(0)
    page.wait_done(0)
    page.run(1)
    return page, page.output(1).locator(".jcn-signin")


def opened(page: Notebook, card: Locator) -> Page:
    """The service's page, opened by a click on the card."""
    link = card.get_by_role("link", name="Open localhost")
    expect(link).to_be_visible(timeout=30_000)
    assert (link.get_attribute("rel"), link.get_attribute("target")) == ("noopener noreferrer", "_blank")
    with page.page.context.expect_page() as tab:
        link.click()
    return tab.value


def sign_in(tab: Page) -> None:
    """Logs in and consents on the service's own pages."""
    tab.locator("input[name=login]").fill("ada")
    tab.locator("input[name=password]").fill("any")
    tab.get_by_role("button", name="Sign-in").click()
    tab.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("tunnel", [True, False], ids=["servers-callback", "loopback"])
def test_a_person_signs_in_and_calls(notebook: Open, service: Rig, tunnel: bool) -> None:
    page, card = asked(notebook, service, tunnel=tunnel)
    expect(card).to_contain_text("Sign in to mail", timeout=30_000)
    for words in ("localhost", "mail.read", "memory, until the kernel ends", "Custom: not reviewed"):
        expect(card).to_contain_text(words)
    tab = opened(page, card)
    code = page.output(1).inner_text()
    assert "code_challenge" not in code
    expect(card).to_contain_text(re.compile(r"Waiting for localhost\s*\d:\d\d left"))
    sign_in(tab)
    expect(tab.get_by_role("heading", name="You can close this tab")).to_be_visible(timeout=30_000)
    if tunnel:
        assert tab.url.endswith("/jupyter-connectors/oauth/done"), "the code is not in the address bar"
    else:
        assert tab.url.endswith("/done")
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("mail: sign-in at localhost was answered")
    expect(page.output(1)).to_contain_text("mail is connected as mail")
    page.run(2)
    page.wait_done(2)
    expect(page.output(2)).to_contain_text("unread: ['The engine', 'Re: it']")
    saved = str(page.save())
    for word in ("state=", "code=", "code_challenge", "widget-view", "/auth?"):
        assert word not in saved, word
    assert page.problems == []


def test_a_person_pastes_the_address_where_no_way_leads_back(notebook: Open, service: Rig) -> None:
    page, card = asked(notebook, service, tunnel=True, extension=False)
    expect(card).to_contain_text("On any device, open", timeout=30_000)
    expect(card.locator(".jcn-device-code")).to_have_text(re.compile(r"^[A-Z]{4}-[A-Z]{4}$"))
    card.get_by_role("button", name="Use a link in this browser").click()
    back: list[str] = []

    def carry(route: Route) -> None:
        """What the browser does, but for the last step: nothing answers at the address it is sent to."""
        at, answer = route.request.url, route.fetch(max_redirects=0)
        while answer.status in (302, 303):
            at = urljoin(at, answer.headers["location"])
            if "/callback?" in at:
                back.append(at)
                route.fulfill(status=200, body="This site can't be reached")
                return
            answer = page.page.context.request.get(at, max_redirects=0)
        route.fulfill(response=answer)

    page.page.context.route("**/interaction/**", carry)
    tab = opened(page, card)
    sign_in(tab)
    expect(tab.get_by_text("This site can't be reached")).to_be_visible()
    field = card.get_by_role("textbox", name="The address your browser ended at")
    field.fill("https://elsewhere.example/?code=1&state=2")
    field.press("Enter")
    expect(card.get_by_role("alert")).to_contain_text("the address must begin with")
    expect(field).to_have_value("")
    field.fill(back[-1])
    card.get_by_role("button", name="Use this address").click()
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("is connected as mail")


def test_cancel_and_stop_end_the_waiting(notebook: Open, service: Rig) -> None:
    page, card = asked(notebook, service)
    expect(card.get_by_role("link", name="Open localhost")).to_be_visible(timeout=30_000)
    card.get_by_role("button", name="Cancel").click()
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("was not done: you said no")
    expect(page.output(1)).to_contain_text("SignInNeeded: mail is not signed in")
    page.run(1)
    expect(page.output(1).get_by_role("link", name="Open localhost")).to_be_visible(timeout=30_000)
    page.stop()
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("stopped")


def test_a_button_of_the_directory_signs_in_where_no_cell_waits(notebook: Open, service: Rig) -> None:
    page, card = asked(notebook, service, "%disconnect mail --revoke", "%connect")
    tab = opened(page, card)
    sign_in(tab)
    page.wait_done(1)
    for index in (3, 4):
        page.run(index)
        page.wait_done(index)
    expect(page.output(3)).to_contain_text("its tokens are worth nothing any more")
    page.output(4).get_by_role("button", name="Connect mail").click()
    below = page.output(4).locator(".jcn-signin")
    again = opened(page, below)
    expect(again.get_by_role("heading", name=re.compile("You can close this tab|Authorize|Sign-in"))).to_be_visible()
    if again.get_by_role("button", name="Continue").is_visible():
        again.get_by_role("button", name="Continue").click()
    expect(page.output(4)).to_contain_text("mail: sign-in at localhost was answered", timeout=30_000)
    expect(page.output(4).get_by_role("button", name="Disconnect mail")).to_be_visible(timeout=30_000)
    page.run(2)
    page.wait_done(2)
    expect(page.output(2)).to_contain_text("unread: ['The engine', 'Re: it']")
    assert page.problems == []


def test_a_sign_in_that_the_panel_begins_is_done_in_the_panel(notebook: Open, service: Rig) -> None:
    page = notebook(LOAD, LOOK)
    page.run(0)
    page.wait_done(0)
    page.page.evaluate("() => { void window.jupyterapp.commands.execute('jupyter-connectors:open'); }")
    place = page.page.locator(".jcn-sidebar")
    place.get_by_role("tab", name="Directory").click()
    place.get_by_role("button", name="Add another service").click()
    form = place.get_by_role("form", name="Another service")
    form.get_by_label("Address").fill(service.url)
    form.get_by_label("Name").fill("mail")
    form.get_by_role("button", name="Connect").click()
    waiting = place.get_by_role("region", name="Waiting for you")
    expect(waiting).to_contain_text("1 sign-in waiting", timeout=30_000)
    tab = opened(page, waiting)
    sign_in(tab)
    expect(tab.get_by_role("heading", name="You can close this tab")).to_be_visible(timeout=30_000)
    expect(waiting).to_be_hidden(timeout=30_000)
    expect(place.locator(".jcn-foot-line code")).to_have_text(f"%connect {service.url} --as mail")
    place.get_by_role("tab", name="Connected").click()
    expect(place.get_by_role("list", name="Connected").get_by_role("listitem")).to_contain_text("Ready")
    page.run(1)
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("unread: ['The engine', 'Re: it']")
    saved = str(page.save())
    for word in ("state=", "code=", "code_challenge", "/auth?"):
        assert word not in saved, word
    assert page.problems == []
