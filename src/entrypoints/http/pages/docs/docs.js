// The OpenAPI description, readably: the routes by group, with their parameters, bodies and answers.

import { element } from "../markup.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const MAX_DEPTH = 4;
const at = (id) => document.getElementById(id);

let schemas = {};

async function load() {
  const answer = await fetch("/schema/openapi.json");
  if (!answer.ok) throw new Error(`The description could not be read: ${answer.status}`);
  const api = await answer.json();
  schemas = api.components?.schemas ?? {};
  at("about").textContent = `${api.info.description ?? ""} Version ${api.info.version}.`;
  const groups = new Map();
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((name) => operations[name])) {
      const operation = { path, method, ...operations[method], shared: operations.parameters ?? [] };
      const tag = operation.tags?.[0] ?? "others";
      groups.set(tag, [...(groups.get(tag) ?? []), operation]);
    }
  }
  for (const tag of [...groups.keys()].sort()) show(tag, groups.get(tag));
}

function show(tag, operations) {
  const id = tag.replaceAll(" ", "-");
  const link = element("a", tag);
  link.href = `#${id}`;
  at("groups").append(element("li", link));
  const title = element("h2", tag);
  title.id = id;
  at("routes").append(title, ...operations.map(routeNode));
}

function routeNode(operation) {
  const method = element("b", operation.method.toUpperCase());
  method.className = `method ${operation.method}`;
  const summary = element("summary", method, element("code", operation.path), element("span", operation.summary ?? ""));
  const node = element("details", summary);
  // Only what is opened is drawn.
  node.addEventListener("toggle", () => node.open && node.children.length === 1 && node.append(inside(operation)));
  return node;
}

function inside({ description, parameters = [], shared, requestBody, responses = {}, security }) {
  const node = element("div");
  node.className = "inside";
  if (description) node.append(element("p", description));
  const scheme = Object.keys(security?.[0] ?? {})[0];
  if (scheme) node.append(element("p", scheme === "operator" ? "For operators, with their token." : "For runs of agents, with their token."));
  const all = [...shared, ...parameters];
  if (all.length) node.append(element("h3", "Parameters"), pairs(all.map(parameterPair)));
  if (requestBody) node.append(element("h3", "Body"), bodyOf(requestBody));
  node.append(element("h3", "Answers"), pairs(Object.entries(responses).map(responsePair)));
  return node;
}

function pairs(list) {
  const node = element("dl");
  for (const [name, value] of list) node.append(element("dt", element("code", name)), element("dd", value));
  return node;
}

function parameterPair({ name, in: place, required, description, schema }) {
  const words = [description, typeOf(schema), `in the ${place}`, required && "required"].filter(Boolean);
  return [name, words.join("; ")];
}

function bodyOf({ description, content = {} }) {
  const node = element("div");
  if (description) node.append(element("p", description));
  for (const { schema } of Object.values(content)) node.append(fieldsOf(schema, 0));
  return node;
}

function responsePair([status, { description, content }]) {
  const schema = Object.values(content ?? {})[0]?.schema;
  const node = element("div", description ?? "");
  if (schema && status < 300) node.append(fieldsOf(schema, 0));
  return [status, node];
}

const resolved = (schema) => (schema?.$ref ? schemas[schema.$ref.split("/").at(-1)] : schema) ?? {};

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").at(-1).split(/[._]/).at(-1);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map(typeOf).filter(Boolean).join(" or ");
  if (schema.enum) return schema.enum.map(String).join(" | ");
  if (schema.type === "array") return `list of ${typeOf(schema.items) || "anything"}`;
  const limits = [schema.minimum ?? schema.minLength, schema.maximum ?? schema.maxLength];
  const range = limits[1] === undefined ? "" : ` (${limits[0] ?? 0} to ${limits[1]})`;
  return `${[schema.type].flat().join(" or ")}${range}`;
}

// The fields of an object, and those of the objects in it.
function fieldsOf(schema, depth) {
  const found = resolved(schema);
  const items = found.type === "array" ? resolved(found.items) : found;
  if (!items.properties || depth >= MAX_DEPTH) return element("p", typeOf(schema));
  const node = element("div");
  if (items.description) node.append(element("p", items.description));
  const list = Object.entries(items.properties).map(([name, field]) => {
    const value = element("div", [typeOf(field), field.description].filter(Boolean).join("; "));
    const part = (field.oneOf ?? [field]).map((one) => (one.type === "array" ? one.items : one)).find((one) => one?.$ref);
    if (part && resolved(part).properties) value.append(fieldsOf(part, depth + 1));
    return [items.required?.includes(name) ? name : `${name}?`, value];
  });
  node.append(pairs(list));
  return node;
}

load().catch((error) => (at("about").textContent = error.message));
