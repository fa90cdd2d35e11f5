// The open conversation: bubbles, ticks, days and "typing".

import { element, render } from "./markup.js";

const RANK = ["accepted", "sent", "delivered", "read", "failed"];
const NEAR_END = 120;

export class Thread {
  constructor(list) {
    this.list = list;
    this.clear();
  }

  clear() {
    this.shown = new Map();
    this.list.replaceChildren();
    this.typing = null;
  }

  // Shows a message or how far it has come; what is already known in a newer state stays.
  put(message) {
    const known = this.shown.get(message.id);
    if (!known) return this.#append(message);
    const older = RANK.indexOf(message.status) < RANK.indexOf(known.message.status);
    if (older || message.attempts < known.message.attempts) return;
    known.message = message;
    known.node.dataset.status = message.status;
    known.node.querySelector(".meta").replaceWith(meta(message));
  }

  showTyping(on) {
    this.typing?.remove();
    this.typing = on ? dots() : null;
    if (this.typing) this.#keepingTheEnd(() => this.list.append(this.typing));
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }

  #append(message) {
    const node = bubble(message);
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
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_END;
    change();
    if (atEnd || always) this.toEnd();
  }
}

export function clock(at) {
  return new Date(at * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

export function ticks(message) {
  const [symbol, words] = tickOf(message);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${symbol}`);
  svg.append(use);
  svg.setAttribute("class", `tick ${message.status}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", words);
  return svg;
}

function tickOf({ status, attempts }) {
  if (status === "read") return ["tick-two", "read"];
  if (status === "delivered") return ["tick-two", "delivered"];
  if (status === "failed") return ["alert", "not delivered"];
  return attempts ? ["clock", "waiting to be delivered"] : ["tick-one", "sent"];
}

function bubble(message) {
  const words = element("div", render(message.body));
  words.className = "words";
  words.dir = "auto";
  const node = element("li", words, meta(message));
  node.className = `bubble ${message.author}`;
  node.dataset.messageId = message.id;
  node.dataset.status = message.status;
  return node;
}

function meta(message) {
  const time = element("time", clock(message.at));
  time.dateTime = new Date(message.at * 1000).toISOString();
  const node = element("span");
  node.className = "meta";
  if (message.author === "person") {
    const words = tickOf(message)[1];
    if (["waiting to be delivered", "not delivered"].includes(words)) node.append(element("em", words));
    node.append(time, ticks(message));
  } else node.append(time);
  return node;
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
  const words = today ? "Today" : new Date(at * 1000).toLocaleDateString([], { dateStyle: "medium" });
  const node = element("li", element("span", words));
  node.className = "day";
  return node;
}
