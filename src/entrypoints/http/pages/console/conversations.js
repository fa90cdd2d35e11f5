// Conversations: a list that can be searched, and the one that is open beside it.

import { avatar } from "../avatars.js";
import { button } from "../dialogs.js";
import { element } from "../markup.js";
import { heading, pill, showItems, tag, time } from "./elements.js";
import { soon } from "./feed.js";
import { address, call } from "./session.js";
import { openThread } from "./thread.js";
import { preview } from "./transcript.js";
import { duration } from "./words.js";

const PAGE = 50;
const MAX_ROWS = 500;
const FILTERS = { waiting: "Waiting", late: "Late", failed: "Failed", human: "With a human" };
const TYPING_MILLISECONDS = 250;
// "3 min" becomes "4 min", and a waiting conversation a late one, without an event.
const TICK_MILLISECONDS = 30_000;

export function conversations(view, part) {
  const list = new List();
  const detail = tag("section", "thread");
  let thread = null;
  let current = null;
  const split = tag("div", "split", list.node, detail);
  view.append(split);

  function go(id) {
    split.dataset.open = id ? "thread" : "list";
    list.choose(id);
    if (id === current) return;
    const before = current;
    current = id;
    thread?.end();
    thread = id ? openThread(detail, id) : null;
    if (!id) {
      detail.replaceChildren(tag("p", "nothing", "Choose a conversation."));
      if (before) list.focus(before);
    }
  }

  const timer = setInterval(() => list.refresh(), TICK_MILLISECONDS);
  go(part);
  list.refresh();
  return {
    goTo: go,
    back: () => current && (location.hash = "#/conversations"),
    changed(event) {
      if (!event || event.conversation) list.refresh();
      if (!event || event.conversation === thread?.id) thread?.refresh();
    },
    end() {
      clearInterval(timer);
      list.refresh.cancel();
      thread?.end();
    },
  };
}

class List {
  constructor() {
    this.items = [];
    this.next = null;
    this.wanted = PAGE;
    this.filters = new Set();
    this.current = "";
    this.refresh = soon(() => this.#load());
    this.search = tag("input", "search");
    Object.assign(this.search, { type: "search", maxLength: 100, placeholder: "Number, name or id" });
    this.search.setAttribute("aria-label", "Search conversations");
    this.rows = tag("ul", "rows");
    this.rows.addEventListener("keydown", (event) => this.#move(event));
    this.status = tag("p", "hint");
    this.status.setAttribute("role", "status");
    this.more = button("Show more", () => this.#showMore(), "action");
    this.node = tag(
      "section",
      "list",
      heading("Conversations"),
      tag("div", "tools", this.search, this.#chips()),
      tag("div", "scroll", this.rows, this.more),
      this.status,
    );
    this.node.setAttribute("aria-label", "List of conversations");
    let typing = 0;
    this.search.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.#restart(), TYPING_MILLISECONDS);
    });
  }

  choose(id) {
    this.current = id;
    for (const node of this.rows.querySelectorAll("a")) this.#mark(node, node.dataset.conversation);
  }

  focus(id) {
    this.rows.querySelector(`a[data-conversation="${CSS.escape(id)}"]`)?.focus();
  }

  #chips() {
    const chips = Object.entries(FILTERS).map(([name, title]) => {
      const chip = button(title, () => {
        const on = !this.filters.delete(name);
        if (on) this.filters.add(name);
        chip.setAttribute("aria-pressed", on);
        this.#restart();
      }, "chip");
      chip.setAttribute("aria-pressed", false);
      return chip;
    });
    const group = tag("div", "chips", ...chips);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Show only");
    return group;
  }

  #restart() {
    this.wanted = PAGE;
    this.refresh();
  }

  #showMore() {
    this.wanted = Math.min(this.wanted + PAGE, MAX_ROWS);
    this.refresh();
  }

  // Pages may be short although there are more. Only so many are asked for.
  async #load() {
    const asked = { search: this.search.value.trim(), filter: [...this.filters] };
    const items = [];
    let after = "";
    try {
      for (let pages = 0; pages < MAX_ROWS / PAGE && items.length < this.wanted; pages += 1) {
        const page = await call("GET", address("/v1/conversations", { ...asked, limit: PAGE, after }));
        items.push(...page.items);
        after = page.next;
        if (!after) break;
      }
    } catch (error) {
      this.status.textContent = error.message;
      return;
    }
    this.items = items.slice(0, this.wanted);
    this.#show(asked, Boolean(after) || items.length > this.wanted);
  }

  #show({ search, filter }, more) {
    // The waiting time is shown in steps, so that a row changes only when its words do.
    const rows = this.items.map((item) => ({
      ...item,
      waiting_seconds: item.waiting_seconds === null ? null : duration(item.waiting_seconds),
      is_late: item.waiting_seconds > 300,
    }));
    showItems(this.rows, rows, { key: (item) => item.id, make: (item) => this.#row(item) });
    this.more.hidden = !more || this.wanted >= MAX_ROWS;
    if (!rows.length) this.status.textContent = search || filter.length ? "No conversation matches." : "Nobody has written yet.";
    else this.status.textContent = more && this.wanted >= MAX_ROWS ? `The latest ${MAX_ROWS}. Search to find others.` : "";
    this.status.hidden = !this.status.textContent;
  }

  #row(item) {
    const name = item.name || item.username || (item.phone ? `+${item.phone}` : item.user);
    const line = tag("span", "preview", item.last ? preview(item.last) : item.channel);
    const side = tag("span", "side", time(item.last_at));
    if (item.waiting_seconds) side.append(pill(item.waiting_seconds, item.is_late ? "bad" : "warning"));
    if (item.failed) side.append(pill("failed", "bad"));
    if (item.human) side.append(pill("human", "good"));
    const number = item.phone ? `+${item.phone}` : item.user;
    const sub = tag("span", "preview", name === number ? item.channel : `${item.channel} · ${number}`);
    const node = element("a", avatar(name, item.user), tag("span", "who", element("strong", name), sub, line), side);
    node.href = `#/conversations/${encodeURIComponent(item.id)}`;
    node.dataset.conversation = item.id;
    this.#mark(node, item.id);
    return element("li", node);
  }

  #mark(node, id) {
    if (id === this.current) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
  }

  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target.closest("li");
    if (!step || !row) return;
    event.preventDefault();
    (step > 0 ? row.nextElementSibling : row.previousElementSibling)?.querySelector("a").focus();
  }
}
