// Renders a text of Telegram, whose formatting is a list of entities. Their offsets are those of JavaScript's strings.

import { element } from "./markup.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", spoiler: "mark" };

export function withEntities(text, entities = []) {
  const sorted = [...entities].sort((one, other) => one.offset - other.offset || other.length - one.length);
  const fragment = document.createDocumentFragment();
  fragment.append(...within(text, 0, text.length, sorted));
  return fragment;
}

// The nodes for one stretch of the text. An entity in it holds those that lie inside of its own stretch.
function within(text, from, to, entities) {
  const nodes = [];
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const end = entity.offset + entity.length;
    if (entity.offset < at || end > to) continue;
    const inner = entities.slice(index + 1).filter((other) => other.offset < end);
    nodes.push(text.slice(at, entity.offset), styled(entity, text, within(text, entity.offset, end, inner)));
    at = end;
  }
  return [...nodes, text.slice(at, to)].filter((node) => node !== "");
}

function styled(entity, text, children) {
  if (entity.type === "pre") return element("pre", element("code", ...children));
  if (entity.type === "blockquote") return element("blockquote", ...children);
  if (entity.type === "url" || entity.type === "text_link") {
    const link = element("a", ...children);
    const address = entity.url ?? text.slice(entity.offset, entity.offset + entity.length);
    link.href = /^(https?|tg):/i.test(address) ? address : "#";
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  return element(TAGS[entity.type] ?? "span", ...children);
}
