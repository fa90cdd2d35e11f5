// One bubble: labels, the quoted message, the contents, the time and the delivery status.

import { TELEGRAM } from "./channels.js";
import { contents } from "./contents.js";
import { button } from "./dialogs.js";
import { element, plain, symbol } from "./markup.js";

export function clock(at) {
  return new Date(at * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

// One line without formatting. A text of Telegram has no marks in it.
export function preview({ channel, body }) {
  return channel === TELEGRAM ? body : plain(body);
}

export function ticks(message) {
  const [name, label] = tickOf(message);
  const svg = symbol(name);
  svg.setAttribute("class", `tick ${message.status}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  return svg;
}

export function bubble(message, quoted, actions) {
  const node = element("li");
  node.dataset.messageId = message.id;
  fillBubble(node, message, quoted, actions);
  return node;
}

export function fillBubble(node, message, quoted, actions) {
  const follows = node.classList.contains("follows") ? " follows" : "";
  node.className = `bubble ${message.author}${follows}`;
  node.dataset.status = message.status;
  node.dataset.type = message.type;
  node.replaceChildren(...labels(message), ...quote(message, quoted), ...contents(message, actions));
  node.append(meta(message), ...options(message, actions), ...reactions(message));
}

// Whether two states of a message look the same, except for the time and the ticks.
export function sameContents(message, other) {
  const contentsOf = ({ body, content, media_id, reactions, edited, revoked, tapped }) =>
    JSON.stringify([body, content, media_id, reactions, edited, revoked, tapped]);
  return contentsOf(message) === contentsOf(other);
}

export function meta(message) {
  const time = element("time", clock(message.at));
  time.dateTime = new Date(message.at * 1000).toISOString();
  const node = element("span");
  node.className = "meta";
  if (message.edited) node.append(element("i", "edited"));
  if (message.author === "person") {
    const label = tickOf(message)[1];
    if (["waiting to be delivered", "not delivered"].includes(label)) node.append(element("em", label));
    node.append(time, ticks(message));
  } else {
    if (message.status === "failed") node.append(element("em", failure(message)));
    node.append(time);
  }
  return node;
}

function failure({ error }) {
  return error ? `not delivered: ${error.code} ${error.title}` : "not delivered";
}

// Telegram does not say what a bot has read: one tick means that Telegram has the message.
function tickOf({ channel, status, attempts }) {
  if (channel === TELEGRAM && status === "delivered") return ["tick-one", "sent"];
  if (status === "read" || status === "played") return ["tick-two", "read"];
  if (status === "delivered") return ["tick-two", "delivered"];
  if (status === "failed") return ["alert", "not delivered"];
  return attempts ? ["clock", "waiting to be delivered"] : ["tick-one", "sent"];
}

function labels({ human, context, referral, group_id: group }) {
  const texts = [];
  if (human) texts.push("From the business app");
  if (group) texts.push("In a group");
  if (context.forwarded) texts.push("Forwarded");
  if (context.frequently_forwarded) texts.push("Forwarded many times");
  if (referral) texts.push(`From an ad: ${referral.headline ?? referral.source_url}`);
  if (context.referred_product) texts.push(`About the product ${context.referred_product.product_retailer_id}`);
  return texts.map((text) => {
    const node = element("small", text);
    node.className = "label";
    return node;
  });
}

function quote(message, quoted) {
  if (!message.reply_to) return [];
  const node = element("div", quoted ? preview(quoted) : "An earlier message");
  node.className = "quoted";
  return [node];
}

function reactions(message) {
  const emoji = Object.values(message.reactions).map(inColour);
  if (!emoji.length) return [];
  const node = element("span", emoji.join(" "));
  node.className = "reactions";
  node.setAttribute("aria-label", `Reactions: ${emoji.join(" ")}`);
  return [node];
}

// Telegram sends some emoji in the form that browsers draw as a black sign.
function inColour(emoji) {
  return /\p{Emoji_Presentation}|[\u200d\ufe0f]/u.test(emoji) ? emoji : `${emoji}\ufe0f`;
}

function options(message, actions) {
  if (message.type === "system") return [];
  const node = button(symbol("icon-more"), () => actions.menu(message, node), "options");
  node.setAttribute("aria-label", "Message options");
  return [node];
}
