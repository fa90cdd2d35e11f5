// The contents of a bubble, by the type of its message.

import { fileAddress } from "./api.js";
import { TELEGRAM } from "./channels.js";
import { withEntities } from "./entities.js";
import { inlineKeyboard } from "./keyboards.js";
import { element, render, symbol } from "./markup.js";
import { interactive, quickReplies } from "./tappables.js";

const RENDERERS = {
  image: picture,
  sticker: picture,
  video: (message) => file(message, media("video", message, "Video")),
  audio: voice,
  document: documentCard,
  location: locationCard,
  contacts: contactCards,
  interactive: question,
  template: (message, actions) => [words(message.body), ...quickReplies(message, actions)],
  order: orderCard,
  system: (message) => [aside(message.body)],
  poll: (message) => [card(title("icon-paper", "Poll"), element("span", message.body))],
  unsupported: (message) => [aside(`WhatsApp cannot pass on this message: ${message.body}`)],
};

export function contents(message, actions) {
  if (message.revoked) return [aside("This message was deleted.")];
  const nodes = (RENDERERS[message.type] ?? ((other) => [wordsOf(other, other.body)]))(message, actions);
  return message.channel === TELEGRAM ? [...nodes, ...inlineKeyboard(message, actions)] : nodes;
}

export const words = (text) => paragraphs(render(text));

// The text or the caption of a message, formatted as on its channel.
function wordsOf({ channel, content }, text) {
  return channel === TELEGRAM ? paragraphs(element("p", withEntities(text, content.entities))) : words(text);
}

function paragraphs(content) {
  const node = element("div", content);
  node.className = "words";
  node.dir = "auto";
  return node;
}

export function link(text, address) {
  const node = element("a", text);
  node.href = /^https?:/i.test(address) ? address : "#";
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

function aside(text) {
  const node = element("em", text);
  node.className = "aside";
  return node;
}

function card(...children) {
  const node = element("div", ...children);
  node.className = "card";
  return node;
}

function title(icon, text) {
  return element("strong", symbol(icon), text);
}

function picture(message) {
  const image = element("img");
  image.src = message.media_id ? fileAddress(message.media_id) : "";
  image.alt = message.content.caption || (message.type === "sticker" ? "Sticker" : "Photo");
  image.className = message.type;
  return file(message, image);
}

function media(tag, message, label) {
  const node = element(tag);
  node.controls = true;
  node.preload = "metadata";
  if (message.media_id) node.src = fileAddress(message.media_id);
  node.setAttribute("aria-label", label);
  return node;
}

// The file once Meta has it, or its link until then. Below it the caption.
function file(message, node) {
  const { link: address, caption } = message.content;
  const shown = message.media_id ? node : card(address ? link(address, address) : "A file");
  return caption ? [shown, wordsOf(message, caption)] : [shown];
}

function voice(message, actions) {
  const player = media("audio", message, message.content.voice ? "Voice note" : "Audio");
  if (message.author === "business" && message.channel !== TELEGRAM) player.addEventListener("play", () => actions.play(message), { once: true });
  return file(message, player);
}

function documentCard(message) {
  const { filename, link: address } = message.content;
  const name = filename || address?.split("/").at(-1) || "Document";
  const node = element("a", title("icon-paper", name), element("span", "Document"));
  node.className = "card";
  if (message.media_id) node.href = fileAddress(message.media_id);
  node.download = name;
  return message.media_id ? file(message, node) : file(message, card(title("icon-paper", name)));
}

function locationCard({ content: { latitude, longitude, name, address } }) {
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=15/${latitude}/${longitude}`;
  const lines = [name, address].filter(Boolean).map((line) => element("span", line));
  return [card(title("icon-pin", "Location"), ...lines, link(`${latitude}, ${longitude}`, map))];
}

function contactCards({ content }) {
  return (content.cards ?? content).map(({ name, phones = [], emails = [], org }) => {
    const lines = [...phones.map(({ phone }) => phone), ...emails.map(({ email }) => email), org?.company];
    const shown = lines.filter(Boolean).map((line) => element("span", line));
    return card(title("icon-person", name.formatted_name), ...shown);
  });
}

function question(message, actions) {
  if (message.author === "business") return interactive(message, actions);
  const { name: kind, response_json: filled } = message.content?.nfm_reply ?? {};
  if (!filled) return [words(message.body)];
  const form = kind === "address_message" ? JSON.parse(filled).values : JSON.parse(filled);
  const lines = Object.entries(form).map(([name, value]) => element("span", `${name}: ${value}`));
  return [card(element("strong", message.body), ...lines)];
}

function orderCard({ content: { text, product_items: items } }) {
  const lines = items.map((item) =>
    element("span", `${item.quantity} × ${item.product_retailer_id}, ${item.item_price} ${item.currency}`),
  );
  const shown = card(title("icon-basket", "Order"), ...lines);
  return text ? [shown, words(text)] : [shown];
}
