// The page of the phone. It sends messages as JSON, and receives events as server-sent events.

import { Actions } from "./actions.js";
import { call } from "./api.js";
import { Composer } from "./composer.js";
import { hue, initials, showPeople } from "./people.js";
import { Thread } from "./thread.js";

const DEFAULT_NUMBER = "15550002222";
const at = (id) => document.getElementById(id);
const app = document.querySelector(".app");
const state = { people: [], business: { name: "" }, current: null, online: false };
const actions = new Actions({ number: () => state.current, showError, reply: (message) => composer.reply(message) });
const composer = new Composer({ actions, onNewNumber: openNewNumber });
const thread = new Thread(at("messages"), actions);

const person = (number) => state.people.find((each) => each.number === number);
const threadIsVisible = () => document.visibilityState === "visible" && (app.dataset.view === "thread" || innerWidth > 760);

function showError(text) {
  at("error").textContent = text;
  at("error").hidden = !text;
}

function render() {
  const owner = person(state.current);
  showPeople(at("people"), state.people, state.current, open);
  at("business-name").textContent = state.business.name;
  at("business-avatar").textContent = initials(state.business.name);
  at("business-avatar").style.setProperty("--hue", hue(state.business.number ?? ""));
  at("presence").textContent = !state.online ? "connecting…" : owner?.typing ? "typing…" : "online";
  at("presence").classList.toggle("typing-now", Boolean(owner?.typing && state.online));
  at("owner").textContent = owner ? `${owner.name}’s phone` : "";
}

async function markRead() {
  const owner = person(state.current);
  if (!owner || !threadIsVisible()) return;
  owner.unread = 0;
  render();
  await call("POST", `/phone/${owner.number}/read`).catch(() => {});
}

async function open(number) {
  app.dataset.view = "thread";
  history.replaceState(null, "", `#+${number}`);
  if (state.current !== number) {
    state.current = number;
    thread.clear();
    composer.reply(null);
    await load();
  }
  thread.toEnd();
  await markRead();
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

// Loads everything, also after a lost connection: the simulator may have started again with other people.
async function refresh() {
  const { business, notice, people } = await call("GET", "/phone");
  Object.assign(state, { business, people, online: true });
  at("notice").textContent = notice;
  at("notice").hidden = !notice;
  const wanted = state.current ?? location.hash.replace(/^#\+?/, "");
  state.current = null;
  showError("");
  await open((person(wanted) ?? person(DEFAULT_NUMBER) ?? people[0]).number);
}

function onMessage({ data }) {
  const message = JSON.parse(data);
  const owner = person(message.number);
  if (!owner) return void refresh();
  owner.last = message;
  if (message.author === "business") owner.unread += 1;
  if (message.number === state.current) thread.put(message);
  render();
  if (message.author === "business" && message.number === state.current) markRead();
}

function onStatus({ data }) {
  const message = JSON.parse(data);
  const owner = person(message.number);
  if (owner?.last?.id === message.id) owner.last = message;
  if (message.number === state.current) thread.put(message);
  render();
}

function onTyping({ data }) {
  const { number, typing } = JSON.parse(data);
  if (!person(number)) return;
  person(number).typing = typing;
  if (number === state.current) thread.showTyping(typing);
  render();
}

function connect() {
  const events = new EventSource("/phone/events");
  events.addEventListener("open", () => refresh().catch((error) => showError(error.message)));
  events.addEventListener("message", onMessage);
  events.addEventListener("status", onStatus);
  events.addEventListener("typing", onTyping);
  events.addEventListener("error", () => {
    state.online = false;
    render();
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

async function openNewNumber(number) {
  state.current = number;
  await refresh();
}

async function addPhone() {
  const dialog = at("new-phone");
  const form = dialog.querySelector("form");
  if (dialog.returnValue !== "add") return form.reset();
  const number = form.elements.number.value.replace("+", "");
  const { name, hidden } = form.elements;
  const added = await call("PUT", `/phone/${number}`, { name: name.value, hides_number: hidden.checked });
  if (!person(number)) state.people.push(added);
  form.reset();
  await open(number);
}

at("back").addEventListener("click", () => {
  app.dataset.view = "people";
  at("people").querySelector("[aria-current]")?.focus();
});
at("add").addEventListener("click", () => {
  at("new-phone").returnValue = "";
  at("new-phone").showModal();
});
at("cancel").addEventListener("click", () => at("new-phone").close());
at("new-phone").addEventListener("close", () => addPhone().catch((error) => showError(error.message)));
document.addEventListener("visibilitychange", markRead);
connect();
