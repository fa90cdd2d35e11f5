// Buttons, lists, links and forms of the business, and the actions behind them.

import { words, link } from "./contents.js";
import { ask, button, pick } from "./dialogs.js";
import { fileAddress } from "./api.js";
import { element } from "./markup.js";

const CHOICES = {
  button: (message, actions) =>
    message.content.action.buttons.map(({ reply }) => tappable(reply.title, () => actions.tap(message, reply.id))),
  list: (message, actions) => [tappable(message.content.action.button, () => choose(message, actions))],
  cta_url: ({ content: { action } }) => {
    const node = link(action.parameters.display_text, action.parameters.url);
    node.className = "tappable";
    return [node];
  },
  flow: (message, actions) => [tappable(message.content.action.parameters.flow_cta, () => fill(message, actions))],
  location_request_message: (message, actions) => [tappable("Send location", () => actions.sendLocation(message))],
  address_message: (message, actions) => [tappable("Send address", () => actions.sendAddress(message))],
  call_permission_request: (message, actions) => [
    tappable("Allow calls", () => actions.tap(message, "accept")),
    tappable("Do not allow calls", () => actions.tap(message, "reject")),
  ],
  request_contact_info: (message, actions) => [tappable("Share contact", () => actions.shareContact(message))],
};

export function interactive(message, actions) {
  const { type, header, footer } = message.content;
  const nodes = [...heading(message, header), words(message.body)];
  if (footer) nodes.push(line("footer", footer.text));
  return [...nodes, choices(CHOICES[type]?.(message, actions) ?? [])];
}

export function quickReplies(message, actions) {
  return [choices(message.quick_replies.map(({ text, payload }) => tappable(text, () => actions.tap(message, payload))))];
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

function choices(nodes) {
  const node = element("div", ...nodes);
  node.className = "choices";
  return node;
}

const tappable = (label, onClick) => button(label, onClick, "tappable");

async function choose(message, actions) {
  const { button: title, sections } = message.content.action;
  const chosen = await pick(title, sections);
  if (chosen) await actions.tap(message, chosen);
}

async function fill(message, actions) {
  const title = message.content.action.parameters.flow_cta;
  const field = { name: "lines", label: "One answer per line, as name: value", rows: 4, value: "name: Ana\nguests: 2" };
  const filled = await ask(title, [field], "Send");
  if (!filled) return;
  const pairs = filled.lines.split("\n").filter((text) => text.includes(":"));
  const values = pairs.map((text) => [text.split(":")[0].trim(), text.slice(text.indexOf(":") + 1).trim()]);
  await actions.fill(message, Object.fromEntries(values));
}
