// Dead letters: turns that could not be finished. Each can be understood, replayed, or discarded.

import { pick } from "../dialogs.js";
import { element } from "../markup.js";
import { actionButton, conversationLink, facts, heading, say, showItems, tag, time } from "./elements.js";
import { soon } from "./feed.js";
import { address, call } from "./session.js";
import { explain } from "./words.js";

const PAGE = 50;
const MAX_ROWS = 200;
const CHANGING = new Set(["failed", "answered", "initiated", "retried", "limited", "held"]);

export function deadLetters(view) {
  const cards = tag("ul", "cards");
  const status = tag("p", "nothing", "Loading …");
  status.setAttribute("role", "status");
  const refresh = soon(load, 300);
  view.append(heading("Dead letters"), tag("div", "scroll page", cards, status));
  refresh();

  async function load() {
    const items = [];
    let after = "";
    try {
      do {
        const page = await call("GET", address("/v1/dead-letters", { limit: PAGE, after }));
        items.push(...page.items);
        after = page.next;
      } while (after && items.length < MAX_ROWS);
    } catch (error) {
      status.hidden = false;
      status.textContent = error.message;
      return;
    }
    showItems(cards, items, { key: (letter) => letter.id, make: (letter) => card(letter, refresh) });
    status.hidden = Boolean(items.length && !after);
    status.textContent = after ? `The oldest ${items.length}. More follow when these are done.` : "No dead letters. Every turn was finished.";
  }

  return { changed: (event) => (!event || CHANGING.has(event.kind)) && refresh(), end: refresh.cancel };
}

function card(letter, refresh) {
  const conversation = `${letter.channel}:${letter.user}`;
  const help = explain(letter.reason);
  const node = tag("li", "card bad", element("h2", help || letter.reason));
  node.append(
    facts([
      ["Conversation", conversationLink(conversation)],
      ["Since", time(letter.at)],
      ["Tried", letter.attempts === 1 ? "once" : `${letter.attempts} times`],
      ["Sent so far", letter.reply ? `${letter.sent.length} of ${letter.reply.parts.length} messages` : ""],
      ["Unconfirmed", letter.unconfirmed ? "The next message may have been sent already." : ""],
      ["Reported", help && letter.reason],
    ]),
  );
  for (const { id, text } of letter.messages) node.append(tag("blockquote", "said", text || id));
  if (letter.reply) node.append(tag("h3", "", "Answer"), ...letter.reply.parts.map((part) => tag("blockquote", "said ours", part)));
  if (letter.raw) node.append(tag("pre", "raw", letter.raw));
  node.append(actions(letter, refresh));
  return node;
}

function actions({ id, raw }, refresh) {
  const path = `/v1/dead-letters/${encodeURIComponent(id)}`;
  const replay = actionButton("Replay", async () => {
    await call("POST", `${path}/replay`);
    say("The turn is tried again.");
    refresh();
  }, "primary");
  const discard = actionButton("Discard", async () => {
    const rows = [{ id: "yes", title: "Discard it", description: "The person gets no answer to these messages." }];
    if ((await pick("Discard this dead letter?", [{ rows }])) !== "yes") return;
    await call("DELETE", path);
    say("Discarded.");
    refresh();
  }, "danger");
  return tag("div", "actions", ...(raw ? [] : [replay]), discard);
}
