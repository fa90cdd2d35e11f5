// The console: the sections, the address of what is shown, and what happens meanwhile.

import { channels } from "./channels.js";
import { conversations } from "./conversations.js";
import { costs } from "./costs.js";
import { deadLetters } from "./dead_letters.js";
import { say, tag } from "./elements.js";
import { Feed } from "./feed.js";
import { live } from "./live.js";
import { proposals } from "./proposals.js";
import { whoAmI } from "./session.js";
import { symbol } from "../markup.js";

// Each is a function that shows the section and returns `changed` (an event came), `goTo` (another part of it) and `end`.
const SECTIONS = [
  { name: "live", title: "Live", open: live },
  { name: "conversations", title: "Conversations", open: conversations },
  { name: "dead-letters", title: "Dead letters", open: deadLetters },
  { name: "proposals", title: "Proposals", open: proposals },
  { name: "channels", title: "Channels", open: channels },
  { name: "costs", title: "Costs", open: costs },
];
const HOME = "conversations";

const at = (id) => document.getElementById(id);
const feed = new Feed();
let shown = null;

function drawSections() {
  at("sections").replaceChildren(
    ...SECTIONS.map(({ name, title }) => {
      const node = tag("a", "section", symbol(`icon-${name}`), tag("span", "", title));
      node.href = `#/${name}`;
      node.dataset.section = name;
      return tag("li", "", node);
    }),
  );
}

// "#/conversations/whatsapp%3A1555" is the part "whatsapp:1555" of the section "conversations".
function place() {
  const [, name = "", part = ""] = location.hash.split("/");
  const section = SECTIONS.find((one) => one.name === name) ?? SECTIONS.find((one) => one.name === HOME);
  try {
    return { section, part: decodeURIComponent(part) };
  } catch {
    return { section, part: "" };
  }
}

function go({ focus = true } = {}) {
  const { section, part } = place();
  if (shown?.section === section && shown.view.goTo) {
    shown.view.goTo(part);
    return;
  }
  shown?.view.end?.();
  at("view").replaceChildren();
  document.title = `${section.title} · Trunkline`;
  for (const node of at("sections").querySelectorAll("a")) {
    if (node.dataset.section === section.name) node.setAttribute("aria-current", "page");
    else node.removeAttribute("aria-current");
  }
  document.body.dataset.section = section.name;
  shown = { section, view: section.open(at("view"), part, feed) };
  if (focus) at("view").querySelector("h1")?.focus();
}

function heard(event) {
  if (event === null) {
    at("connection").textContent = feed.online ? "Connected" : "Connecting …";
    at("connection").dataset.online = feed.online;
  }
  shown?.view.changed?.(event);
}

// What a viewer may not do is not offered to them.
async function showOperator() {
  const { name, role } = await whoAmI();
  document.body.dataset.role = role;
  at("operator").textContent = `${name} · ${role}`;
}

function onKey(event) {
  const typing = event.target.closest?.("input, textarea, select, dialog");
  if (event.key === "/" && !typing) {
    const search = at("view").querySelector("input[type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && !event.target.closest?.("dialog")) {
    shown?.view.back?.();
  }
}

drawSections();
at("skip").addEventListener("click", () => at("view").focus());
addEventListener("hashchange", () => go());
addEventListener("unhandledrejection", (event) => say(event.reason?.message ?? "Something went wrong."));
document.addEventListener("keydown", onKey);
feed.listen(heard);
await showOperator();
go({ focus: false });
feed.follow();
