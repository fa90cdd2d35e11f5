// The list of phones: the owner, the last message, and the number of unread messages.

import { clock, ticks } from "./bubbles.js";
import { element, plain } from "./markup.js";

export function initials(name) {
  const letters = name.replace(/^\+/, "").split(/\s+/).map((word) => [...word][0] ?? "");
  return letters.slice(0, 2).join("").toUpperCase();
}

export function hue(number) {
  return [...number].reduce((sum, digit) => (sum * 31 + digit.charCodeAt(0)) % 360, 7);
}

export function showPeople(list, people, current, choose) {
  const focused = document.activeElement?.closest?.("[data-number]")?.dataset.number;
  list.replaceChildren(...people.map((person) => row(person, person.number === current, choose)));
  if (focused) list.querySelector(`[data-number="${focused}"]`)?.focus();
}

function row(person, isCurrent, choose) {
  const button = element("button", avatar(person), text(person), side(person));
  button.type = "button";
  button.dataset.number = person.number;
  if (isCurrent) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => choose(person.number));
  return element("li", button);
}

function avatar(person) {
  const node = element("span", initials(person.name));
  node.className = "avatar";
  node.style.setProperty("--hue", hue(person.number));
  node.setAttribute("aria-hidden", "true");
  return node;
}

function text(person) {
  const preview = element("span");
  preview.className = person.typing ? "preview typing-now" : "preview";
  if (person.typing) preview.append("typing…");
  else if (person.last) {
    if (person.last.author === "person") preview.append(ticks(person.last));
    preview.append(plain(person.last.body));
  } else preview.append(person.username ?? `+${person.number}`);
  const node = element("span", element("strong", person.name), preview);
  node.className = "who";
  return node;
}

function side(person) {
  const node = element("span");
  node.className = "side";
  if (person.last) node.append(element("time", clock(person.last.at)));
  if (person.unread) {
    const badge = element("b", String(person.unread));
    badge.setAttribute("aria-label", `${person.unread} unread`);
    node.append(badge);
  }
  return node;
}
