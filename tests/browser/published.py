"""Servers of npm whose tools bring apps, and what a person does in each of these apps."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, expect

from ..waiting import until

HERE = Path(__file__).parent.parent / "apps"
TIME = re.compile(r"20\d\d-\d\d-\d\dT")
SHADER = "void mainImage(out vec4 c, in vec2 at) { c = vec4(iMouse.xy / iResolution.xy, 0.5, 1.0); }"
SCENE = """
const scene = new THREE.Scene();
const camera = new THREE.PerspectiveCamera(50, width / height, 0.1, 100);
camera.position.z = 4;
const renderer = new THREE.WebGLRenderer({ canvas, antialias: true, alpha: true });
renderer.setSize(width, height);
scene.add(new THREE.Mesh(new THREE.BoxGeometry(1, 1, 1), new THREE.MeshNormalMaterial()));
const controls = new OrbitControls(camera, canvas);
const draw = () => { requestAnimationFrame(draw); controls.update(); renderer.render(scene, camera); };
draw();"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A server from npm, the call that shows its app, and what a person does there."""

    package: str
    call: str
    work: Callable[[FrameLocator], None]
    """Changes what is seen, or fails; can be done again."""

    tools: tuple[str, ...]
    """What it has, with the tools that only its app calls."""


def other_text(place: Locator, act: Callable[[], object]) -> None:
    """Does something, and waits until a text is another."""
    expect(place).to_be_visible(timeout=20_000)
    before = place.inner_text()
    act()
    expect(place).not_to_have_text(before, use_inner_text=True)


def other_picture(place: Locator, act: Callable[[], object]) -> None:
    """Does something, and waits until a drawing that stood still is another."""
    seen = place.screenshot(timeout=20_000)

    def stands_still() -> bool:
        nonlocal seen
        before, seen = seen, place.screenshot()
        return before == seen

    until(stands_still)
    act()
    until(lambda: place.screenshot() != seen)


def ask_the_time(app: FrameLocator) -> None:
    """Its server answers with the time."""
    other_text(app.get_by_text(TIME), app.get_by_role("button", name="Get Server Time").click)


def give_marketing_more(app: FrameLocator) -> None:
    other_text(app.locator("#status-bar"), lambda: app.get_by_role("slider").first.press("ArrowRight"))


def choose_another_metric(app: FrameLocator) -> None:
    """Its server answers with another table."""
    metric, newest = app.get_by_role("combobox").first, app.get_by_text("M11").locator("../..")
    expect(newest).to_be_visible(timeout=20_000)
    wanted = "revenue" if metric.input_value() == "retention" else "retention"
    other_text(newest, lambda: metric.select_option(wanted))


def hide_a_segment(app: FrameLocator) -> None:
    segment = app.locator(".legend-item").first
    expect(segment).to_be_visible(timeout=20_000)
    other_picture(app.locator("canvas"), segment.click)


def grow_faster(app: FrameLocator) -> None:
    profit = app.get_by_text("Total Profit").locator("..")
    other_text(profit, lambda: app.get_by_role("slider").nth(1).press("ArrowRight"))


def watch_and_pause(app: FrameLocator) -> None:
    """Its numbers come by calls of a tool that only the app has."""
    button, status = app.locator("#poll-toggle-btn"), app.locator("#status-text")
    expect(status).to_contain_text(":", timeout=20_000)
    other_text(status, lambda: None)
    other_text(button, button.click)
    expect(status).to_have_text("Stopped")
    other_text(button, button.click)


def turn_the_box(app: FrameLocator) -> None:
    canvas = app.locator("canvas")
    other_picture(
        canvas,
        lambda: canvas.drag_to(canvas, source_position={"x": 300, "y": 200}, target_position={"x": 420, "y": 230}),
    )


def press_the_picture(app: FrameLocator) -> None:
    canvas = app.locator("canvas")
    other_picture(canvas, lambda: canvas.click(position={"x": 300, "y": 60}))
    other_picture(canvas, lambda: canvas.click(position={"x": 60, "y": 160}))


def refresh(app: FrameLocator) -> None:
    log = app.locator("#event-log")
    other_text(log, app.get_by_role("button", name="Call debug-refresh").click)
    expect(log).to_contain_text("Server timestamp")


def turn_the_page(app: FrameLocator) -> None:
    text = app.locator("#text-layer")
    expect(text).to_contain_text("page", timeout=20_000)
    way = "next" if "first" in text.inner_text() else "prev"
    other_text(text, app.locator(f"#{way}-btn").click)


APPS = {
    "vanilla": Published(package="basic-vanillajs", call="get_time()", work=ask_the_time, tools=("get-time",)),
    "react": Published(package="basic-react", call="get_time()", work=ask_the_time, tools=("get-time",)),
    "budget": Published(
        package="budget-allocator", call="get_budget_data()", work=give_marketing_more, tools=("get-budget-data",)
    ),
    "cohort": Published(
        package="cohort-heatmap", call="get_cohort_data()", work=choose_another_metric, tools=("get-cohort-data",)
    ),
    "segments": Published(
        package="customer-segmentation", call="get_customer_data()", work=hide_a_segment, tools=("get-customer-data",)
    ),
    "scenario": Published(
        package="scenario-modeler", call="get_scenario_data()", work=grow_faster, tools=("get-scenario-data",)
    ),
    "system": Published(
        package="system-monitor",
        call="get_system_info()",
        work=watch_and_pause,
        tools=("get-system-info", "poll-system-stats"),
    ),
    "threejs": Published(
        package="threejs", call=f"show_threejs_scene(code={SCENE!r})", work=turn_the_box, tools=("show_threejs_scene",)
    ),
    "shader": Published(
        package="shadertoy",
        call=f"render_shadertoy(fragmentShader={SHADER!r})",
        work=press_the_picture,
        tools=("render-shadertoy",),
    ),
    "debug": Published(
        package="debug", call="debug_tool()", work=refresh, tools=("debug-tool", "debug-refresh", "debug-log")
    ),
    "pdf": Published(
        package="pdf",
        call="display_pdf(url={file!r})",
        work=turn_the_page,
        tools=("display_pdf", "read_pdf_bytes", "poll_pdf_commands", "submit_viewer_state"),
    ),
}


def program(package: str) -> str:
    return str(HERE / "node_modules" / "@modelcontextprotocol" / f"server-{package}" / "dist" / "index.js")


def pdf(*pages: str) -> bytes:
    """A document with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for at, text in enumerate(pages):
        drawn = f"BT /F 28 Tf 40 420 Td ({text}) Tj ET"
        parts.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 500]/Resources<</Font<</F 3 0 R>>>>"
            f"/Contents {5 + 2 * at} 0 R>>"
        )
        parts.append(f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream")
    made, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{part}\nendobj\n"
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(parts) + 1
    made += f"xref\n0 {size}\n0000000000 65535 f \n{rows}trailer<</Size {size}/Root 1 0 R>>\n"
    return f"{made}startxref\n{made.index('xref')}\n%%EOF\n".encode()
