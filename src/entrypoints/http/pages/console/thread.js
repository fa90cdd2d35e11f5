// One conversation: who it is with, what was said, who answers, and the line to answer on.

import { avatar } from "../avatars.js";
import { button } from "../dialogs.js";
import { element, symbol } from "../markup.js";
import { Composer } from "./composer.js";
import { actionButton, pill, showItems, tag } from "./elements.js";
import { soon } from "./feed.js";
import { address, call, conversationPath } from "./session.js";
import { entryNode } from "./transcript.js";
import { longTime } from "./words.js";

const PAGE = 50;
const MAX_ENTRIES = 500;
const MAX_PAGE = 200;
// So near to its end, a list goes on to show its end.
const NEAR_PIXELS = 80;

export function openThread(node, id) {
  return new Thread(node, id);
}

class Thread {
  constructor(node, id) {
    this.id = id;
    this.entries = [];
    this.previous = null;
    this.pending = [];
    this.ended = false;
    this.refresh = soon(() => this.#load(), 600);
    this.title = tag("div", "title", element("h2", id), element("p", ""));
    this.controls = tag("div", "controls");
    this.face = avatar(id, id);
    this.older = button("Show earlier messages", () => this.#loadOlder(), "action older");
    this.older.hidden = true;
    this.messages = element("div");
    this.messages.id = "messages";
    this.messages.tabIndex = 0;
    this.messages.setAttribute("role", "log");
    this.messages.setAttribute("aria-label", "Transcript");
    this.notice = tag("p", "notice");
    this.notice.setAttribute("role", "note");
    this.notice.hidden = true;
    this.composer = new Composer({ send: (message, key) => this.#send(message, key) });
    const back = element("a", symbol("icon-back"));
    back.className = "round only-small";
    back.href = "#/conversations";
    back.setAttribute("aria-label", "All conversations");
    const bar = tag("header", "bar", back, this.face, this.title, this.controls);
    node.replaceChildren(bar, this.notice, this.older, this.messages, this.composer.node);
    this.refresh.now = this.#load().catch((error) => this.#note(error.message));
  }

  end() {
    this.ended = true;
    this.refresh.cancel();
  }

  async #load() {
    const limit = Math.min(Math.max(this.entries.length, PAGE), MAX_PAGE);
    const path = conversationPath(this.id);
    const [state, page] = await Promise.all([
      call("GET", path),
      call("GET", address(`${path}/messages`, { limit })),
    ]);
    this.contact ??= await this.#findContact(state);
    this.channel ??= (await call("GET", "/v1/channels")).find((one) => one.name === state.channel);
    if (this.ended) return;
    this.#take(page);
    this.#showState(state);
    this.#showEntries();
  }

  // The latest page in place of what it overlaps. Without an overlap, too much came in between.
  #take({ items, previous }) {
    const at = items.length ? this.entries.findIndex((entry) => entry.id === items[0].id) : 0;
    if (at < 1) this.previous = previous;
    this.entries = [...(at > 0 ? this.entries.slice(0, at) : []), ...items].slice(-MAX_ENTRIES);
    const settled = new Set(this.entries.map((entry) => entry.turn_id));
    this.pending = this.pending.filter((entry) => !settled.has(entry.turn_id));
  }

  async #loadOlder() {
    const path = `${conversationPath(this.id)}/messages`;
    const page = await call("GET", address(path, { limit: PAGE, before: this.previous }));
    this.previous = this.entries.length + page.items.length < MAX_ENTRIES ? page.previous : null;
    this.entries = [...page.items, ...this.entries].slice(-MAX_ENTRIES);
    const height = this.messages.scrollHeight;
    this.#showEntries();
    this.messages.scrollTop += this.messages.scrollHeight - height;
  }

  #showEntries() {
    const { scrollTop, scrollHeight, clientHeight } = this.messages;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_PIXELS;
    const byId = new Map(this.entries.filter((one) => one.message_id).map((one) => [one.message_id, one]));
    const all = [...this.entries, ...this.pending];
    const items = all.map((entry, at) => {
      const before = all[at - 1];
      const near = before && { at: before.at, direction: before.direction, author: before.author };
      return { entry, before: near, quoted: byId.get(entry.quotes) };
    });
    showItems(this.messages, items, { key: ({ entry }) => entry.id, make: entryNode });
    this.older.hidden = !this.previous;
    if (atEnd) this.messages.scrollTop = this.messages.scrollHeight;
  }

  #showState(state) {
    const name = this.contact.name || this.contact.username || state.user;
    const [title, sub] = this.title.children;
    title.textContent = name;
    sub.textContent = [state.channel, this.contact.phone ? `+${this.contact.phone}` : state.user].join(" · ");
    const face = avatar(name, state.user);
    this.face.replaceWith(face);
    this.face = face;
    this.#showOwner(state);
    this.composer.show({ state, channel: this.channel });
    this.#note(noticeOf(state));
  }

  #note(text) {
    this.notice.textContent = text;
    this.notice.hidden = !text;
  }

  #showOwner({ human, human_until: until, agent }) {
    const signature = JSON.stringify([human, until, agent]);
    if (this.owner === signature) return;
    this.owner = signature;
    const focused = this.controls.contains(document.activeElement);
    const who = human ? pill("With a human", "good") : pill(agent);
    who.title = human ? (until ? `Until ${longTime(until)}` : "Until it is handed back") : "This agent answers";
    const change = human
      ? actionButton("Hand back", () => this.#human("DELETE"))
      : actionButton("Take over", () => this.#human("POST"), "primary");
    this.controls.replaceChildren(who, change);
    if (focused) change.focus();
  }

  async #human(method) {
    await call(method, `${conversationPath(this.id)}/human`);
    await this.#load();
    if (method === "POST") this.composer.focus();
  }

  async #send(message, key) {
    const { phone, user, channel } = this.contact;
    const to = phone ? { to: `+${phone}` } : { user_id: user };
    const path = `/v1/channels/${encodeURIComponent(channel)}/messages`;
    const body = { ...to, messages: [message] };
    const queued = await call("POST", path, { body, headers: { "Idempotency-Key": key } });
    this.pending.push(pendingEntry(queued.turn_id, message));
    this.messages.scrollTop = this.messages.scrollHeight;
    this.#showEntries();
    this.refresh();
  }

  // The list knows under which names the channel takes messages to this person.
  async #findContact({ channel, user }) {
    const { items } = await call("GET", address("/v1/conversations", { search: user, channel, limit: 20 }));
    return items.find((item) => item.user === user) ?? { channel, user, phone: "", name: "", username: "" };
  }
}

function noticeOf(state) {
  if (!state.reachable) return "The person cannot be reached: they blocked the account, or left.";
  if (!state.window_open) return "The time for free texts is over: only a template reaches the person now.";
  if (state.loop_until) return "The other side seems to be a program. It gets no answers for now.";
  return "";
}

function pendingEntry(turnId, message) {
  const template = message.template ? `Template ${message.template.name}` : "";
  return {
    id: `pending-${turnId}`,
    turn_id: turnId,
    at: Date.now() / 1000,
    direction: "out",
    author: "operator",
    kind: "text",
    text: message.text ?? message.caption ?? template,
    media: message.type ?? "",
    content: { caption: message.caption, link: message.url },
    status: "pending",
  };
}
