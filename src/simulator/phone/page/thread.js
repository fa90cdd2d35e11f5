// The open thread: bubbles, days and the typing indicator.

import { bubble, fillBubble, meta, sameContents } from "./bubbles.js";
import { element } from "./markup.js";

const STATUS_ORDER = ["accepted", "sent", "delivered", "read", "played", "failed"];
const NEAR_END = 120;

export class Thread {
  constructor(list, actions) {
    this.list = list;
    this.actions = actions;
    // A file has no height until it is loaded.
    list.addEventListener("load", () => this.nearEnd && this.toEnd(), { capture: true });
    this.clear();
  }

  clear() {
    this.shown = new Map();
    this.list.replaceChildren();
    this.typing = null;
    this.nearEnd = true;
  }

  // Shows a new message or a new state of a message. Ignores a state that is older than the one shown.
  put(message) {
    const known = this.shown.get(message.id);
    if (!known) return this.#append(message);
    const older = STATUS_ORDER.indexOf(message.status) < STATUS_ORDER.indexOf(known.message.status);
    if (older || message.attempts < known.message.attempts) return;
    const same = sameContents(message, known.message);
    known.message = message;
    if (same) {
      known.node.dataset.status = message.status;
      known.node.querySelector(".meta").replaceWith(meta(message));
    } else this.#keepingTheEnd(() => fillBubble(known.node, message, this.#quoted(message), this.actions));
  }

  get messages() {
    return [...this.shown.values()].map(({ message }) => message);
  }

  showTyping(on) {
    this.typing?.remove();
    this.typing = on ? dots() : null;
    if (this.typing) this.#keepingTheEnd(() => this.list.append(this.typing));
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.nearEnd = true;
  }

  #quoted(message) {
    return this.shown.get(message.reply_to)?.message;
  }

  #append(message) {
    const node = bubble(message, this.#quoted(message), this.actions);
    const last = [...this.shown.values()].at(-1)?.message;
    const before = this.typing;
    this.#keepingTheEnd(() => {
      if (!last || day(last.at) !== day(message.at)) this.list.insertBefore(separator(message.at), before);
      else if (last.author === message.author) node.classList.add("follows");
      this.list.insertBefore(node, before);
    }, message.author === "person");
    this.shown.set(message.id, { message, node });
  }

  #keepingTheEnd(change, always = false) {
    this.nearEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_END;
    change();
    if (this.nearEnd || always) this.toEnd();
  }
}

function dots() {
  const node = element("li", element("i"), element("i"), element("i"));
  node.className = "bubble business typing";
  node.setAttribute("aria-label", "typing");
  return node;
}

function day(at) {
  return new Date(at * 1000).toDateString();
}

function separator(at) {
  const today = day(at) === new Date().toDateString();
  const label = today ? "Today" : new Date(at * 1000).toLocaleDateString([], { dateStyle: "medium" });
  const node = element("li", element("span", label));
  node.className = "day";
  return node;
}
