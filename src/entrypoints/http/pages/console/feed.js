// What happens, as the service streams it. Keeps the latest events, and tells listeners about each new one.

import { request } from "./session.js";

const MAX_EVENTS = 200;
const LOOK_BACK_MILLISECONDS = 10 * 60 * 1000;
const RETRY_MILLISECONDS = 2000;
// The service sends a line at least every 15 seconds.
const SILENCE_MILLISECONDS = 45_000;
const MAX_LINE = 1_000_000;

export class Feed {
  constructor() {
    this.events = [];
    this.online = false;
    this.listeners = new Set();
    this.lastId = `${Date.now() - LOOK_BACK_MILLISECONDS}-0`;
  }

  // Calls `listener` with each event, and with null when the connection comes or goes. Returns how to stop that.
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async follow() {
    for (;;) {
      try {
        await this.#stream();
      } catch (error) {
        if (error.status === 400) this.lastId = "";
      }
      this.#connected(false);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }

  async #stream() {
    const control = new AbortController();
    let timer = 0;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(), SILENCE_MILLISECONDS);
    };
    try {
      const headers = this.lastId ? { "Last-Event-ID": this.lastId } : {};
      const answer = await request("GET", "/v1/channels/events", { headers, signal: control.signal });
      this.#connected(true);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      heard();
      let rest = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        heard();
        const lines = (rest + piece.value).split(/\r\n|\n|\r/);
        rest = lines.pop();
        if (rest.length > MAX_LINE) throw new Error("a line of the stream is too long");
        lines.forEach((line) => this.#take(line));
      }
    } finally {
      clearTimeout(timer);
      control.abort();
    }
  }

  #take(line) {
    if (line.startsWith("id:")) this.lastId = line.slice(3).trim();
    if (!line.startsWith("data:")) return;
    const text = line.slice(5).trim();
    if (!text) return;
    const event = { ...JSON.parse(text), id: this.lastId };
    this.events.push(event);
    if (this.events.length > MAX_EVENTS) this.events.shift();
    this.listeners.forEach((listener) => listener(event));
  }

  #connected(online) {
    if (online === this.online) return;
    this.online = online;
    this.listeners.forEach((listener) => listener(null));
  }
}

// Calls `work` soon, once for many calls, and never twice at a time.
export function soon(work, milliseconds = 400) {
  let timer = 0;
  let running = false;
  let wanted = false;
  const run = async () => {
    timer = 0;
    running = true;
    wanted = false;
    try {
      await work();
    } finally {
      running = false;
      if (wanted) later();
    }
  };
  const later = () => {
    wanted = true;
    if (!timer && !running) timer = setTimeout(run, milliseconds);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}
