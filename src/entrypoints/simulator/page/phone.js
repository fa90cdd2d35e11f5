// The phone's behaviour: what is typed goes out over JSON, what happens comes in over server-sent events.

import { hue, initials, showPeople } from "./people.js";
import { Thread } from "./thread.js";

const FIRST = "15550002222";
const at = (id) => document.getElementById(id);
const app = document.querySelector(".app");
const thread = new Thread(at("messages"));
const state = { people: [], business: { name: "" }, current: null, online: false };

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

const person = (number) => state.people.find((one) => one.number === number);
const here = () => document.visibilityState === "visible" && (app.dataset.view === "thread" || innerWidth > 760);

function trouble(words) {
  at("trouble").textContent = words;
  at("trouble").hidden = !words;
}

function show() {
  const owner = person(state.current);
  showPeople(at("people"), state.people, state.current, open);
  at("business-name").textContent = state.business.name;
  at("business-avatar").textContent = initials(state.business.name);
  at("business-avatar").style.setProperty("--hue", hue(state.business.number ?? ""));
  at("presence").textContent = !state.online ? "connecting…" : owner?.typing ? "typing…" : "online";
  at("presence").classList.toggle("typing-now", Boolean(owner?.typing && state.online));
  at("owner").textContent = owner ? `${owner.name}’s phone` : "";
}

async function look() {
  const owner = person(state.current);
  if (!owner || !here()) return;
  owner.unread = 0;
  show();
  await call("POST", `/phone/${owner.number}/read`).catch(() => {});
}

async function open(number) {
  app.dataset.view = "thread";
  history.replaceState(null, "", `#+${number}`);
  if (state.current !== number) {
    state.current = number;
    thread.clear();
    await load();
  }
  thread.toEnd();
  await look();
  if (matchMedia("(pointer: fine)").matches) at("text").focus();
}

async function load() {
  const number = state.current;
  const messages = await call("GET", `/phone/${number}/messages`);
  if (number !== state.current) return;
  messages.forEach((message) => thread.put(message));
  thread.showTyping(person(number).typing);
  thread.toEnd();
}

// After a lost connection everything is asked for anew: the simulator may have started afresh.
async function refresh() {
  const { business, notice, people } = await call("GET", "/phone");
  Object.assign(state, { business, people, online: true });
  at("notice").textContent = notice;
  at("notice").hidden = !notice;
  const wanted = state.current ?? location.hash.replace(/^#\+?/, "");
  state.current = null;
  trouble("");
  await open((person(wanted) ?? person(FIRST) ?? people[0]).number);
}

function onMessage({ data }) {
  const message = JSON.parse(data);
  const owner = person(message.number);
  if (!owner) return void refresh();
  owner.last = message;
  if (message.author === "business") owner.unread += 1;
  if (message.number === state.current) thread.put(message);
  show();
  if (message.author === "business" && message.number === state.current) look();
}

function onStatus({ data }) {
  const message = JSON.parse(data);
  const owner = person(message.number);
  if (owner?.last?.id === message.id) owner.last = message;
  if (message.number === state.current) thread.put(message);
  show();
}

function onTyping({ data }) {
  const { number, typing } = JSON.parse(data);
  if (!person(number)) return;
  person(number).typing = typing;
  if (number === state.current) thread.showTyping(typing);
  show();
}

function connect() {
  const events = new EventSource("/phone/events");
  events.addEventListener("open", () => refresh().catch((error) => trouble(error.message)));
  events.addEventListener("message", onMessage);
  events.addEventListener("status", onStatus);
  events.addEventListener("typing", onTyping);
  events.addEventListener("error", () => {
    state.online = false;
    show();
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

function grow() {
  const text = at("text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
}

async function send(event) {
  event.preventDefault();
  const words = at("text").value.trim();
  if (!words) return;
  at("text").value = "";
  grow();
  try {
    await call("POST", `/phone/${state.current}/messages`, { text: words });
    trouble("");
  } catch {
    at("text").value = words;
    grow();
    trouble("Not sent: the simulator does not answer.");
  }
}

async function addPhone() {
  const dialog = at("new-phone");
  const form = dialog.querySelector("form");
  if (dialog.returnValue !== "add") return form.reset();
  const number = form.elements.number.value.replace("+", "");
  const added = await call("PUT", `/phone/${number}`, { name: form.elements.name.value });
  if (!person(number)) state.people.push(added);
  form.reset();
  await open(number);
}

at("composer").addEventListener("submit", send);
at("text").addEventListener("input", grow);
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
});
at("back").addEventListener("click", () => {
  app.dataset.view = "people";
  at("people").querySelector("[aria-current]")?.focus();
});
at("add").addEventListener("click", () => {
  at("new-phone").returnValue = "";
  at("new-phone").showModal();
});
at("cancel").addEventListener("click", () => at("new-phone").close());
at("new-phone").addEventListener("close", () => addPhone().catch((error) => trouble(error.message)));
document.addEventListener("visibilitychange", look);
connect();
