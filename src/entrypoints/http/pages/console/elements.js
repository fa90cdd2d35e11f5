// Small parts of which all sections are made.

import { button } from "../dialogs.js";
import { element } from "../markup.js";
import { longTime, since } from "./words.js";

// An element with a class.
export function tag(name, className, ...children) {
  const node = element(name, ...children);
  if (className) node.className = className;
  return node;
}

export function heading(title, ...controls) {
  const first = element("h1", title);
  first.tabIndex = -1;
  return tag("header", "bar", first, ...controls);
}

export function pill(text, tone = "") {
  return tag("span", `pill ${tone}`, text);
}

export function time(at) {
  const node = element("time", since(at));
  node.dateTime = new Date(at * 1000).toISOString();
  node.title = longTime(at);
  return node;
}

export function link(text, hash) {
  const node = element("a", text);
  node.href = hash;
  return node;
}

export function conversationLink(id) {
  return link(id, `#/conversations/${encodeURIComponent(id)}`);
}

// Names and values, one beside the other. Values that are empty are left out.
export function facts(pairs) {
  const list = tag("dl", "facts");
  for (const [name, value] of pairs) {
    if (value !== null && value !== undefined && value !== "") list.append(element("dt", name), element("dd", value));
  }
  return list;
}

// A button that does something at the service, and cannot be pressed twice.
export function actionButton(label, work, className = "") {
  const node = button(label, async () => {
    node.disabled = true;
    try {
      await work();
    } catch (error) {
      say(error.message);
    } finally {
      node.disabled = false;
    }
  }, `action ${className}`);
  return node;
}

let hiding = 0;

// Tell the operator something for some seconds.
export function say(text) {
  const toast = document.getElementById("toast");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (toast.hidden = true), Math.max(4000, text.length * 70));
}

// Show these items in this order. A node is kept while its item stays the same, and with it the focus.
export function showItems(parent, items, { key, make }) {
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const name = String(key(item));
    const signature = JSON.stringify(item);
    const old = known.get(name);
    if (old && old.signature === signature) return old;
    const node = make(item);
    node.dataset.key = name;
    node.signature = signature;
    if (old?.contains(document.activeElement)) queueMicrotask(() => node.querySelector("a, button")?.focus());
    return node;
  });
  const kept = new Set(nodes);
  [...parent.children].forEach((node) => kept.has(node) || node.remove());
  nodes.forEach((node, position) => {
    if (parent.children[position] !== node) parent.insertBefore(node, parent.children[position] ?? null);
  });
}
