// A small client of MCP Apps (specification 2026-01-26), shared by the pages of the demo. It loads nothing and keeps
// nothing: an app has no origin of its own, so storage would throw.
"use strict";

/** A call that came to nothing. `refused`: the host did not make it; else the tool itself says why. */
class CallFailed extends Error {
  constructor(message, refused) {
    super(message[0].toUpperCase() + message.slice(1) + (/[.!?]$/.test(message) ? "" : "."));
    this.refused = refused;
  }
}

const app = (() => {
  const root = document.documentElement;
  const waiting = new Map();
  const heard = { input() {}, result() {}, cancelled() {}, context() {}, teardown() {} };
  const context = {};
  let count = 0;
  let size = "";

  const post = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const tell = (method, params) => post({ method, params });
  const ask = (method, params) =>
    new Promise((resolve, reject) => {
      count += 1;
      waiting.set(count, { resolve, reject });
      post({ id: count, method, params });
    });

  const TOLD = {
    "ui/notifications/tool-input": (params) => heard.input(params.arguments ?? {}),
    "ui/notifications/tool-result": (params) => heard.result(params),
    "ui/notifications/tool-cancelled": (params) => heard.cancelled(params.reason ?? ""),
    "ui/notifications/host-context-changed": (params) => adopt(params),
  };
  const ASKED = { ping: () => ({}), "ui/resource-teardown": () => heard.teardown() ?? {} };

  window.addEventListener("message", ({ source, data }) => {
    // Any frame of the page may post here; only the host is believed.
    if (source !== parent || data?.jsonrpc !== "2.0") return;
    if (data.method === undefined) settle(data);
    else if (data.id === undefined) TOLD[data.method]?.(data.params ?? {});
    else answer(data);
  });

  function settle({ id, result, error }) {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) reject?.(new CallFailed(error.message || "The host did not say why.", true));
    else resolve?.(result);
  }

  function answer({ id, method, params }) {
    const handle = Object.hasOwn(ASKED, method) ? ASKED[method] : null;
    if (handle) post({ id, result: handle(params) });
    else post({ id, error: { code: -32601, message: `There is no ${method} here.` } });
  }

  /** Takes over what the host says of itself: its colours, its language, how much room there is. */
  function adopt(changed) {
    Object.assign(context, changed);
    const { theme, styles, displayMode, containerDimensions = {} } = context;
    if (theme) root.style.colorScheme = theme;
    for (const [name, value] of Object.entries(styles?.variables ?? {})) {
      if (name.startsWith("--") && value) root.style.setProperty(name, value);
    }
    fonts.textContent = styles?.css?.fonts ?? "";
    root.lang = context.locale ?? "en";
    root.dataset.mode = displayMode ?? "inline";
    const room = containerDimensions.maxHeight ?? containerDimensions.height;
    if (room) root.style.setProperty("--room", `${room}px`);
    for (const [side, px] of Object.entries(context.safeAreaInsets ?? {})) {
      root.style.setProperty(`--inset-${side}`, `${px}px`);
    }
    heard.context(context);
    measure();
  }
  const fonts = document.head.appendChild(document.createElement("style"));

  /** Tells the host how high the page wants to be; on a full screen it has what it has. */
  function measure() {
    if (root.dataset.mode !== "inline") return;
    const { width, height } = document.body.getBoundingClientRect();
    const now = { width: Math.ceil(width), height: Math.ceil(height) };
    if (!now.height || size === JSON.stringify(now)) return;
    size = JSON.stringify(now);
    tell("ui/notifications/size-changed", now);
  }

  /** What a result says in words. */
  const words = ({ content = [] }) =>
    content.filter((each) => each.type === "text").map((each) => each.text).join("\n");

  return {
    context,
    heard,
    words,
    async connect(name, version) {
      const appCapabilities = { availableDisplayModes: ["inline", "fullscreen"] };
      const params = { appInfo: { name, version }, appCapabilities, protocolVersion: "2026-01-26" };
      const { hostContext = {} } = await ask("ui/initialize", params);
      adopt(hostContext);
      tell("ui/notifications/initialized", {});
      new ResizeObserver(measure).observe(document.body);
    },
    /** The structured content of a tool's answer. Throws CallFailed where it is refused or an error. */
    async call(name, given) {
      const result = await ask("tools/call", { name, arguments: given });
      if (result.isError) throw new CallFailed(words(result) || "The tool failed.", false);
      return result.structuredContent;
    },
    open: (url) => ask("ui/open-link", { url }).catch(() => {}),
    /** Suggests a question to the person. */
    suggest: (text) => ask("ui/message", { role: "user", content: [{ type: "text", text }] }).catch(() => {}),
    /** Tells the model what the person is looking at; replaces what was told before. */
    note: (text, structuredContent) =>
      ask("ui/update-model-context", { content: [{ type: "text", text }], structuredContent }).catch(() => {}),
  };
})();

const $ = (id) => document.getElementById(id);

/** An element with attributes, listeners (`onclick`) and children; text is never read as HTML. */
function make(tag, given = {}, ...children) {
  const svg = ["svg", "g", "rect", "line", "text", "path"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) node[name] = value;
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((each) => each != null));
  return node;
}

/** Runs `act` once the calls have stopped for a moment. */
function lazily(act, pause) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), pause);
  };
}

const code = (currency) => currency.toUpperCase();
const digitsOf = (currency) =>
  new Intl.NumberFormat("en", { style: "currency", currency: code(currency) }).resolvedOptions().maximumFractionDigits;

/** An amount in major units, as the host's language writes it. */
function money(amount, currency, more = {}) {
  const style = { style: "currency", currency: code(currency), currencyDisplay: "narrowSymbol", ...more };
  return new Intl.NumberFormat(app.context.locale, style).format(amount);
}
const short = (amount, currency) => money(amount, currency, { notation: "compact", maximumSignificantDigits: 3, minimumFractionDigits: 0 });
const whole = (number) => new Intl.NumberFormat(app.context.locale).format(number);

/** A day (YYYY-MM-DD) or an instant as a date; everything in these pages is counted in UTC. */
function dated(value, style) {
  return new Intl.DateTimeFormat(app.context.locale, { timeZone: "UTC", ...style }).format(new Date(value));
}

/** Says something at the foot of the page: `kind` is "", "calm", "good" or "bad". */
function say(text, kind = "", retry = null) {
  const again = retry && make("button", { class: "btn small", type: "button", onclick: retry }, "Try again");
  const away = () => make("button", { class: "btn quiet small", type: "button", "aria-label": "Dismiss", onclick: () => say("") }, "×");
  const node = $("status");
  node.className = `status ${kind}`;
  node.replaceChildren(...(text ? [make("span", {}, text), ...(again ? [again] : []), away()] : []));
  // What went well needs no dismissing.
  if (kind === "good") setTimeout(() => { if (node.firstChild?.textContent === text) say(""); }, 6000);
}

/** How a call that came to nothing is told: what a person refused is no fault. */
function sayFailed(what, failed, retry = null) {
  say(`${what} ${failed.message}`, failed.refused ? "calm" : "bad", retry);
}
