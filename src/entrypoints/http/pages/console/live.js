// What is happening: the latest events, the newest first.

import { button } from "../dialogs.js";
import { conversationLink, heading, pill, showItems, tag } from "./elements.js";
import { soon } from "./feed.js";
import { clock, eventTone, eventWords, longTime } from "./words.js";

const IDS = new Set(["message_id", "turn_id"]);

export function live(view, _part, feed) {
  const rows = tag("ul", "events");
  rows.setAttribute("aria-label", "Events, the newest first");
  const status = tag("p", "nothing");
  let onlyTrouble = false;
  const chip = button("Only trouble", () => {
    onlyTrouble = !onlyTrouble;
    chip.setAttribute("aria-pressed", onlyTrouble);
    draw();
  }, "chip");
  chip.setAttribute("aria-pressed", false);

  function draw() {
    const events = feed.events.filter(({ kind }) => !onlyTrouble || eventTone(kind)).reverse();
    showItems(rows, events, { key: (event) => event.id, make: eventNode });
    status.hidden = events.length > 0;
    status.textContent = onlyTrouble ? "No trouble in the last minutes." : "Nothing has happened in the last minutes.";
  }

  const changed = soon(draw, 150);
  view.append(heading("Live", tag("div", "chips", chip)), tag("div", "scroll page", rows, status));
  draw();
  return { changed, end: changed.cancel };
}

function eventNode({ kind, channel, conversation, at, detail }) {
  const time = tag("time", "", clock(at));
  time.dateTime = new Date(at * 1000).toISOString();
  time.title = longTime(at);
  const where = conversation ? conversationLink(conversation) : channel;
  const more = Object.entries(detail).filter(([name, value]) => value && value !== "0" && !IDS.has(name));
  const words = more.map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`).join(" · ");
  return tag("li", "", time, pill(eventWords(kind), eventTone(kind)), tag("span", "where", where), tag("span", "detail", words));
}
