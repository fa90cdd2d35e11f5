// The buttons of Telegram: those below a message, and those in the place of the phone's keyboard.

import { link } from "./contents.js";
import { button } from "./dialogs.js";
import { element } from "./markup.js";

const START = [[{ text: "Start", start: true }]];
const UNBLOCK = [[{ text: "Unblock the bot", unblock: true }]];

// The buttons below a message. One that was tapped spins until the bot answers.
export function inlineKeyboard(message, actions) {
  const rows = message.content?.reply_markup?.inline_keyboard;
  return rows ? [keyboard(rows, (one) => inlineButton(one, message, actions))] : [];
}

// Shows the keyboard of the open chat: what the bot asked for last, or how to begin.
export function showKeyboard(node, messages, { blocked, actions }) {
  const rows = blocked ? UNBLOCK : messages.length ? latest(messages) : START;
  node.hidden = !rows.length;
  node.replaceChildren(...(rows.length ? [keyboard(rows, (one) => replyButton(one, messages, actions))] : []));
}

function keyboard(rows, make) {
  const lines = rows.map((row) => element("div", ...row.map(make)));
  for (const line of lines) line.className = "keys";
  const node = element("div", ...lines);
  node.className = "choices";
  return node;
}

function inlineButton({ text, url, callback_data: data }, message, actions) {
  if (url) {
    const node = link(text, url);
    node.className = "tappable opens";
    return node;
  }
  const node = button(text, () => actions.tap(message, data), "tappable");
  if (message.tapped === data) {
    node.classList.add("spins");
    node.setAttribute("aria-busy", "true");
  }
  return node;
}

// A keyboard stays until the bot replaces or removes it. One for one use goes with the next message of the person.
function latest(messages) {
  const asked = messages.findLastIndex(({ content }) => content?.reply_markup?.keyboard || content?.reply_markup?.remove_keyboard);
  const markup = messages[asked]?.content.reply_markup;
  const used = markup?.one_time_keyboard && messages.slice(asked + 1).some(({ author }) => author === "person");
  return used ? [] : (markup?.keyboard ?? []);
}

function replyButton(key, messages, actions) {
  const asked = messages.findLast(({ content }) => content?.reply_markup?.keyboard);
  const text = typeof key === "string" ? key : key.text;
  if (key.start) return button(text, () => actions.send({ text: "/start" }), "tappable primary");
  if (key.unblock) return button(text, () => actions.block(false), "tappable primary");
  if (key.request_contact) return button(text, () => actions.shareOwnContact(asked), "tappable");
  if (key.request_location) return button(text, () => actions.sendLocation(asked), "tappable");
  return button(text, () => actions.send({ text }), "tappable");
}
