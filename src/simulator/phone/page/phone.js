// The page of the phone. It sends messages as JSON, and receives events as server-sent events.

import { hue, initials } from "./avatars.js";
import { Actions } from "./actions.js";
import { call } from "./api.js";
import { TELEGRAM, WHATSAPP, addressOf, showChannels, threadOf, titleOf } from "./channels.js";
import { Composer } from "./composer.js";
import { showKeyboard } from "./keyboards.js";
import { showPeople } from "./people.js";
import { Thread } from "./thread.js";

const DEFAULT_NUMBER = "15550002222";
const TOAST_MILLISECONDS = 4000;
const at = (id) => document.getElementById(id);
const app = document.querySelector(".app");
const state = { people: [], business: { name: "" }, channels: [WHATSAPP], channel: WHATSAPP, current: null, online: false };
const actions = new Actions({
  number: () => state.current,
  channel: () => state.channel,
  showError,
  reply: (message) => composer.reply(message),
});
const composer = new Composer({ actions, onNewNumber: openNewNumber });
const thread = new Thread(at("messages"), actions);

const person = (number) => state.people.find((each) => each.number === number);
const isOpen = ({ number, channel }) => number === state.current && channel === state.channel;
const threadIsVisible = () => document.visibilityState === "visible" && (app.dataset.view === "thread" || innerWidth > 760);

function showError(text) {
  at("error").textContent = text;
  at("error").hidden = !text;
}

function render() {
  const owner = person(state.current);
  const { channels, channel, current } = state;
  const shown = owner && threadOf(owner, channel);
  showPeople(at("people"), state.people, { channels, current, choose: open });
  showChannels(at("channels"), channels, channel, (one) => (owner ? threadOf(owner, one).unread : 0), openChannel);
  showKeyboard(at("keyboard"), thread.messages, { blocked: shown?.blocked, actions });
  at("keyboard").hidden ||= channel !== TELEGRAM;
  at("text").placeholder = channels.length > 1 ? `Message on ${titleOf(channel)}` : "Message";
  at("business-name").textContent = state.business.name;
  at("business-avatar").textContent = initials(state.business.name);
  at("business-avatar").style.setProperty("--hue", hue(state.business.number ?? ""));
  at("presence").textContent = !state.online ? "connecting…" : shown?.typing ? "typing…" : channel === TELEGRAM ? "bot" : "online";
  at("presence").classList.toggle("typing-now", Boolean(shown?.typing && state.online));
  at("owner").textContent = owner ? `${owner.name}’s phone` : "";
}

async function markRead() {
  const owner = person(state.current);
  if (!owner || !threadIsVisible()) return;
  threadOf(owner, state.channel).unread = 0;
  render();
  await call("POST", `${addressOf(owner.number, state.channel)}/read`).catch(() => {});
}

// Opens the phone of a person. Where the present channel has nothing new and another has, it opens that one.
async function open(number) {
  const owner = person(number);
  const news = state.channels.find((channel) => threadOf(owner, channel).unread);
  const stays = number === state.current || !news || threadOf(owner, state.channel).unread;
  await openThread(number, stays ? state.channel : news);
}

const openChannel = (channel) => openThread(state.current, channel, { focus: false });

async function openThread(number, channel, { focus = true } = {}) {
  app.dataset.view = "thread";
  history.replaceState(null, "", `#+${number}${channel === WHATSAPP ? "" : `/${channel}`}`);
  if (state.current !== number || state.channel !== channel) {
    Object.assign(state, { current: number, channel });
    thread.clear();
    composer.reply(null);
    await load();
  }
  thread.toEnd();
  await markRead();
  if (focus && matchMedia("(pointer: fine)").matches) at("text").focus();
}

async function load() {
  const { current: number, channel } = state;
  const messages = await call("GET", `${addressOf(number, channel)}/messages`);
  if (!isOpen({ number, channel })) return;
  messages.forEach((message) => thread.put(message));
  thread.showTyping(threadOf(person(number), channel).typing);
  thread.toEnd();
  render();
}

// Loads everything, also after a lost connection: the simulator may have started again with other people.
async function refresh() {
  const { business, channels, notice, people } = await call("GET", "/phone");
  Object.assign(state, { business, channels, people, online: true });
  at("notice").textContent = notice;
  at("notice").hidden = !notice;
  const [number, channel = WHATSAPP] = location.hash.replace(/^#\+?/, "").split("/");
  const wanted = state.current ?? number;
  const wantedChannel = state.current ? state.channel : channel;
  state.current = null;
  showError("");
  const { number: found } = person(wanted) ?? person(DEFAULT_NUMBER) ?? people[0];
  await openThread(found, channels.includes(wantedChannel) ? wantedChannel : channels[0]);
}

function onMessage({ data }) {
  const message = JSON.parse(data);
  const owner = person(message.number);
  if (!owner) return void refresh();
  if (!state.channels.includes(message.channel)) return void refresh();
  const about = threadOf(owner, message.channel);
  about.last = message;
  if (message.author === "business") about.unread += 1;
  if (isOpen(message)) thread.put(message);
  render();
  if (message.author === "business" && isOpen(message)) markRead();
}

function onStatus({ data }) {
  const message = JSON.parse(data);
  const owner = person(message.number);
  const about = owner && threadOf(owner, message.channel);
  if (about?.last?.id === message.id) about.last = message;
  if (isOpen(message)) thread.put(message);
  render();
}

function onTyping({ data }) {
  const event = JSON.parse(data);
  if (!person(event.number)) return;
  threadOf(person(event.number), event.channel).typing = event.typing;
  if (isOpen(event)) thread.showTyping(event.typing);
  render();
}

function onBlock({ data }) {
  const { number, blocked } = JSON.parse(data);
  if (person(number)) person(number).telegram.blocked = blocked;
  render();
}

// What a bot answers to a tap is shown for a moment.
function onNotice({ data }) {
  const event = JSON.parse(data);
  if (!isOpen(event)) return;
  at("toast").textContent = event.text;
  at("toast").hidden = false;
  clearTimeout(state.toast);
  state.toast = setTimeout(() => (at("toast").hidden = true), TOAST_MILLISECONDS);
}

function connect() {
  const events = new EventSource("/phone/events");
  events.addEventListener("open", () => refresh().catch((error) => showError(error.message)));
  events.addEventListener("message", onMessage);
  events.addEventListener("status", onStatus);
  events.addEventListener("typing", onTyping);
  events.addEventListener("block", onBlock);
  events.addEventListener("channels", () => refresh().catch((error) => showError(error.message)));
  events.addEventListener("notice", onNotice);
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
