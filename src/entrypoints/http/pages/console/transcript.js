// The entries of a transcript: bubbles in both directions, and what happened between.

import { element, render, symbol } from "../markup.js";
import { tag } from "./elements.js";
import { clock, dayOf, eventTone, eventWords, explain, longTime } from "./words.js";

const AUTHORS = { agent: "Agent", operator: "Operator", colleague: "In the channel's app", service: "Trunkline" };
const FILES = { image: "Image", video: "Video", audio: "Audio", voice: "Voice note", document: "Document", sticker: "Sticker" };
const ICONS = { image: "image", sticker: "image", video: "video", audio: "audio", voice: "audio" };
const TICKS = {
  sent: ["tick-one", "sent"],
  delivered: ["tick-two", "delivered"],
  read: ["tick-two", "read"],
  played: ["tick-two", "played"],
  failed: ["alert", "not delivered"],
  pending: ["clock", "waiting to be sent"],
};

// One line for the list.
export function preview(entry) {
  if (entry.direction === "event") return eventWords(entry.kind);
  const text = caption(entry) || (entry.media ? FILES[entry.media] ?? "File" : entry.text);
  return entry.direction === "out" ? `${AUTHORS[entry.author] ?? ""}: ${text}` : text;
}

// An entry, with the one before it.
export function entryNode({ entry, before, quoted }) {
  const node = tag("div", "entry");
  const day = dayOf(entry.at);
  if (!before || dayOf(before.at) !== day) node.append(tag("div", "day", tag("span", "", day)));
  node.append(entry.direction === "event" ? happening(entry) : bubble(entry, before, quoted));
  return node;
}

function happening(entry) {
  const why = entry.reason ? `: ${entry.reason}` : "";
  const node = tag("p", `happening ${eventTone(entry.kind)}`, `${eventWords(entry.kind)}${why}`);
  const help = explain(entry.reason);
  if (help) node.append(tag("span", "", help));
  node.append(moment(entry.at));
  return node;
}

function bubble(entry, before, quoted) {
  const side = entry.direction === "in" ? "received" : "sent";
  const follows = before && before.direction === entry.direction && before.author === entry.author;
  const node = tag("div", `bubble ${side} ${follows ? "follows" : ""} by-${entry.author}`);
  node.dataset.status = entry.status ?? "";
  if (side === "sent" && !follows) node.append(tag("small", "label", AUTHORS[entry.author] ?? entry.author));
  if (entry.quotes) node.append(tag("div", "quoted", quoted ? preview(quoted) : "An earlier message"));
  node.append(...contents(entry), meta(entry));
  return node;
}

function contents(entry) {
  const text = entry.media ? caption(entry) : entry.text;
  const words = tag("div", "words");
  if (entry.direction === "in" && entry.kind === "text") words.append(render(text));
  else if (text) words.append(element("p", text));
  return entry.media ? [file(entry), words] : [words];
}

function file({ media, content }) {
  const title = element("strong", symbol(`icon-${ICONS[media] ?? "document"}`), FILES[media] ?? "File");
  const card = tag("div", "card file", title);
  const about = content?.filename || content?.mime_type || content?.link;
  if (about) card.append(element("span", about));
  return card;
}

// What was written with a file. Rich text is an object with its text.
function caption({ media, content }) {
  const written = media ? content?.caption : "";
  return typeof written === "string" ? written : written?.text ?? "";
}

function meta(entry) {
  const node = tag("span", "meta");
  const status = TICKS[entry.status];
  if (entry.status === "failed" || entry.status === "pending") node.append(element("em", status[1]));
  node.append(moment(entry.at));
  if (!status) return node;
  const svg = symbol(status[0]);
  svg.setAttribute("class", `tick ${entry.status}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", status[1]);
  node.append(svg);
  return node;
}

function moment(at) {
  const node = element("time", clock(at));
  node.dateTime = new Date(at * 1000).toISOString();
  node.title = longTime(at);
  return node;
}
