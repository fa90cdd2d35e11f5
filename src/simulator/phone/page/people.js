// The list of phones: the owner, the last message, and the number of unread messages.

import { avatar } from "./avatars.js";
import { clock, preview, ticks } from "./bubbles.js";
import { channelSymbol, threadOf } from "./channels.js";
import { element } from "./markup.js";

export function showPeople(list, people, { channels, current, choose }) {
  const focused = document.activeElement?.closest?.("[data-number]")?.dataset.number;
  list.replaceChildren(...people.map((person) => row(person, channels, person.number === current, choose)));
  if (focused) list.querySelector(`[data-number="${focused}"]`)?.focus();
}

function row(person, channels, isCurrent, choose) {
  const button = element("button", avatar(person.name, person.number), text(person, channels), side(person, channels));
  button.type = "button";
  button.dataset.number = person.number;
  if (isCurrent) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => choose(person.number));
  return element("li", button);
}

// The last message on all channels, and everything unread.
function text(person, channels) {
  const typing = channels.some((channel) => threadOf(person, channel).typing);
  const last = lastOf(person, channels);
  const line = element("span");
  line.className = typing ? "preview typing-now" : "preview";
  if (typing) line.append("typing…");
  else if (last) {
    if (channels.length > 1) line.append(channelSymbol(last.channel));
    if (last.author === "person") line.append(ticks(last));
    line.append(preview(last));
  } else line.append(person.username ?? `+${person.number}`);
  const node = element("span", element("strong", person.name), line);
  node.className = "who";
  return node;
}

function side(person, channels) {
  const node = element("span");
  node.className = "side";
  const last = lastOf(person, channels);
  const unread = channels.reduce((sum, channel) => sum + threadOf(person, channel).unread, 0);
  if (last) node.append(element("time", clock(last.at)));
  if (unread) {
    const badge = element("b", String(unread));
    badge.setAttribute("aria-label", `${unread} unread`);
    node.append(badge);
  }
  return node;
}

function lastOf(person, channels) {
  const latest = channels.map((channel) => threadOf(person, channel).last).filter(Boolean);
  return latest.reduce((one, other) => (one && one.at > other.at ? one : other), null);
}
