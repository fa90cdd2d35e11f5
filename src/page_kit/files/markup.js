// Renders WhatsApp's formatting as DOM nodes. All text becomes text nodes, so a message can never add HTML.

const SVG = "http://www.w3.org/2000/svg";
const FENCE = /```\n?([\s\S]*?)\n?```/g;
const INLINE =
  /`([^`\n]+)`|(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]*_~])|(?<![\p{L}\p{N}*_~])([*_~])(?=[^\s])(.+?)(?<=[^\s])\3(?![\p{L}\p{N}])/gu;
const TAGS = { "*": "strong", _: "em", "~": "s" };
const BLOCKS = [
  { kind: "quote", line: /^> ?(.*)$/ },
  { kind: "bullets", line: /^[-*•] (.*)$/ },
  { kind: "numbers", line: /^(\d{1,3})\. (.*)$/ },
];

export function render(text) {
  const fragment = document.createDocumentFragment();
  let from = 0;
  for (const fence of text.matchAll(FENCE)) {
    fragment.append(...blocks(text.slice(from, fence.index)));
    fragment.append(element("pre", element("code", fence[1])));
    from = fence.index + fence[0].length;
  }
  fragment.append(...blocks(text.slice(from)));
  return fragment;
}

export function plain(text) {
  return text.replace(FENCE, "$1").replace(/[*_~`]/g, "").replace(/\s+/g, " ").trim();
}

export function element(tag, ...children) {
  const node = document.createElement(tag);
  node.append(...children);
  return node;
}

// One of the symbols in index.html.
export function symbol(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

function blocks(text) {
  const nodes = [];
  for (const { kind, lines } of grouped(text.replace(/^\n|\n$/g, ""))) {
    if (kind === "quote") nodes.push(element("blockquote", ...inline(lines.map((match) => match[1]).join("\n"))));
    else if (kind === "bullets") nodes.push(element("ul", ...lines.map((match) => element("li", ...inline(match[1])))));
    else if (kind === "numbers") nodes.push(numbered(lines));
    else if (lines.join("")) nodes.push(element("p", ...inline(lines.join("\n").replace(/^\n+|\n+$/g, ""))));
  }
  return nodes;
}

function grouped(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const block = BLOCKS.find((candidate) => candidate.line.test(line));
    const kind = block?.kind ?? "paragraph";
    if (groups.at(-1)?.kind !== kind) groups.push({ kind, lines: [] });
    groups.at(-1).lines.push(block ? line.match(block.line) : line);
  }
  return groups;
}

function numbered(lines) {
  const list = element("ol", ...lines.map((match) => element("li", ...inline(match[2]))));
  list.start = Number(lines[0][1]);
  return list;
}

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(from, match.index), styled(match));
    from = match.index + match[0].length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

function styled([, code, url, marker, inner]) {
  if (code) return element("code", code);
  if (marker) return element(TAGS[marker], ...inline(inner));
  const link = element("a", url);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}
