// Buttons, lists, links and forms of the business, and what happens when they are tapped.

import { words, link } from "./contents.js";
import { ask, button, pick } from "./dialogs.js";
import { fileAddress } from "./api.js";
import { element } from "./markup.js";

const OFFERS = {
  button: (message, acts) =>
    message.content.action.buttons.map(({ reply }) => tappable(reply.title, () => acts.tap(message, reply.id))),
  list: (message, acts) => [tappable(message.content.action.button, () => choose(message, acts))],
  cta_url: ({ content: { action } }) => {
    const node = link(action.parameters.display_text, action.parameters.url);
    node.className = "tappable";
    return [node];
  },
  flow: (message, acts) => [tappable(message.content.action.parameters.flow_cta, () => fill(message, acts))],
  location_request_message: (message, acts) => [tappable("Send location", () => acts.sendLocation(message))],
  address_message: (message, acts) => [tappable("Send address", () => acts.sendAddress(message))],
  call_permission_request: (message, acts) => [
    tappable("Allow calls", () => acts.tap(message, "accept")),
    tappable("Do not allow calls", () => acts.tap(message, "reject")),
  ],
  request_contact_info: (message, acts) => [tappable("Share contact", () => acts.shareContact(message))],
};

export function interactive(message, acts) {
  const { type, header, footer } = message.content;
  const nodes = [...heading(message, header), words(message.body)];
  if (footer) nodes.push(line("footer", footer.text));
  return [...nodes, offers(OFFERS[type]?.(message, acts) ?? [])];
}

export function quickReplies(message, acts) {
  return [offers(message.quick_replies.map(({ text, payload }) => tappable(text, () => acts.tap(message, payload))))];
}

function heading(message, header) {
  if (!header) return [];
  if (header.type === "text") return [line("heading", header.text)];
  if (header.type !== "image" || !message.media_id) return [line("heading", `[${header.type}]`)];
  const image = element("img");
  image.src = fileAddress(message.media_id);
  image.alt = "Photo";
  return [image];
}

function line(className, text) {
  const node = element("p", text);
  node.className = className;
  return node;
}

function offers(nodes) {
  const node = element("div", ...nodes);
  node.className = "offers";
  return node;
}

const tappable = (words, act) => button(words, act, "tappable");

async function choose(message, acts) {
  const { button: title, sections } = message.content.action;
  const chosen = await pick(title, sections);
  if (chosen) await acts.tap(message, chosen);
}

async function fill(message, acts) {
  const title = message.content.action.parameters.flow_cta;
  const field = { name: "lines", label: "One answer a line, as name: value", rows: 4, value: "name: Ana\nguests: 2" };
  const filled = await ask(title, [field], "Send");
  if (!filled) return;
  const pairs = filled.lines.split("\n").filter((text) => text.includes(":"));
  const values = pairs.map((text) => [text.split(":")[0].trim(), text.slice(text.indexOf(":") + 1).trim()]);
  await acts.fill(message, Object.fromEntries(values));
}
