// Hears that something changed and tells the elements that show it; what changed comes by their ordinary routes.
import { word } from "./parts/words.js";

(() => {
  "use strict";
  const FIRST_WAIT = 500;
  const LONGEST_WAIT = 15000;
  const HINT_AFTER = 1500;
  const SETTLED_AFTER = 200; // by then the page knows what its elements do when told
  const LOST = word("The connection is gone; what you see may be old. Trying again…");
  const BEHIND = word("The server could not show what changed; part of the page may be old. Trying again…");
  const FINAL = {
    4401: word("You are signed out; what you see may be old. Sign in again to see what changes."),
    4403: word("This address may not hear of changes; what you see may be old. Open the site by its own address."),
  };

  let socket = null;
  let wait = FIRST_WAIT;
  let retry = 0;
  let hint = 0;
  let gone = ""; // what is said of the stream
  let heard = new Set(); // topics the server knows we listen to
  const due = new Set(); // topics that changed while nobody looked, or an item was held
  const toldAt = new Map(); // topic -> when it was told last
  const behind = new Set(); // elements that could not fetch what changed
  let pause = FIRST_WAIT;
  let again = 0;
  let behindSince = 0;

  const topicsOf = (element) => (element.dataset.topics ?? "").split(/[\s,]+/).filter(Boolean);
  const listeners = () => [...document.querySelectorAll("[data-topics]")];
  const wanted = () => new Set(listeners().flatMap(topicsOf));
  const isQuiet = () => document.hidden || document.documentElement.hasAttribute("data-held");
  const isOutOfSight = (element) => element.hasAttribute("data-seen") && !element.checkVisibility(); // another pane of a phone
  const mayBeTold = (element) => element.hasAttribute("data-always") || !(isQuiet() || isOutOfSight(element));

  function tell(topics) {
    topics.forEach((topic) => toldAt.set(topic, performance.now()));
    for (const element of listeners()) {
      const told = topicsOf(element).filter((topic) => topics.has(topic));
      if (!mayBeTold(element)) told.forEach((topic) => due.add(topic));
      else if (told.length > 0) element.dispatchEvent(new CustomEvent("live", { bubbles: false }));
    }
  }

  function catchUp() {
    if (isQuiet()) return;
    if (behind.size > 0) fetchAgainLater();
    if (due.size === 0) return;
    const topics = new Set(due);
    due.clear();
    tell(topics);
  }

  const addressOf = (element) => element?.getAttribute?.("hx-get");

  function noteAsked({ detail: { ctx } }) {
    Object.assign(ctx, { askedAt: performance.now(), askedFor: addressOf(ctx.sourceElement) });
  }

  // By now the region shows something else, as the one incident that was chosen from a list.
  function dropForeign(event) {
    const { ctx } = event.detail;
    if (ctx.sourceEvent?.type === "live" && addressOf(ctx.sourceElement) !== ctx.askedFor) event.preventDefault();
  }

  // The answer to a deed may be older than what its regions have shown meanwhile.
  function renew({ detail: { ctx } }) {
    if (ctx.sourceEvent?.type !== "live") setTimeout(renewWithin, SETTLED_AFTER, ctx);
  }

  function renewWithin(ctx) {
    const isOlder = (topic) => toldAt.get(topic) > ctx.askedAt;
    for (const element of listeners().filter(mayBeTold)) {
      if (ctx.target?.contains?.(element) && topicsOf(element).some(isOlder)) element.dispatchEvent(new CustomEvent("live"));
    }
  }

  function say(text) {
    gone = text;
    show();
  }

  function show() {
    const region = document.getElementById("connection");
    const text = gone || (behindSince && Date.now() - behindSince >= HINT_AFTER ? BEHIND : "");
    if (region && region.textContent !== text) region.textContent = text;
  }

  // A server that restarts or is out of reach answers later: who was told goes on asking until they see what changed.
  function settle({ detail: { ctx } }) {
    if (ctx.sourceEvent?.type === "live") note(ctx.sourceElement, ctx.response?.status);
  }

  function note(element, status) {
    if (status < 500) behind.delete(element);
    else behind.add(element);
    fetchAgainLater();
  }

  function fetchAgainLater() {
    if (behind.size === 0) {
      [pause, behindSince] = [FIRST_WAIT, 0];
      clearTimeout(again);
      again = 0;
    } else if (!again && [...behind].some(mayBeTold)) {
      behindSince ||= Date.now();
      again = setTimeout(fetchAgain, pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_WAIT);
    }
    show();
  }

  function fetchAgain() {
    again = 0;
    for (const element of behind) {
      if (!element.isConnected) behind.delete(element);
      else if (mayBeTold(element)) element.dispatchEvent(new CustomEvent("live"));
    }
    if (behind.size === 0) fetchAgainLater();
  }

  function connect() {
    clearTimeout(retry);
    const path = document.body.dataset.live;
    const topics = wanted();
    if (!path || topics.size === 0) return;
    const address = new URL(path, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("topics", [...topics].sort().join(","));
    heard = topics;
    socket = new WebSocket(address);
    socket.addEventListener("open", () => {
      wait = FIRST_WAIT;
      clearTimeout(hint);
      say("");
      setTimeout(tell, SETTLED_AFTER, heard); // whatever happened between the rendering of the page and now
      listen();
    });
    socket.addEventListener("message", (event) => tell(new Set(JSON.parse(event.data).topics ?? [])));
    socket.addEventListener("close", lost);
  }

  function lost({ code }) {
    socket = null;
    clearTimeout(hint);
    if (FINAL[code]) {
      retry = -1;
      say(FINAL[code]);
      return;
    }
    hint = setTimeout(say, HINT_AFTER, LOST);
    retry = setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  // Elements come and go with swaps; the server hears of it only when the set of topics changed. Once it listens to
  // new ones it tells of them, whatever happened before.
  function listen() {
    if (!socket) {
      if (!retry) connect();
      return;
    }
    if (socket.readyState !== WebSocket.OPEN) return;
    const topics = wanted();
    if (topics.size === heard.size && [...topics].every((topic) => heard.has(topic))) return;
    heard = topics;
    socket.send(JSON.stringify({ topics: [...topics].sort() }));
  }

  let soon = 0;
  const observer = new MutationObserver(() => {
    clearTimeout(soon);
    soon = setTimeout(listen, 30);
  });

  observer.observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-topics", "data-live"],
  });
  document.addEventListener("htmx:before:request", noteAsked);
  document.addEventListener("htmx:before:swap", dropForeign);
  document.addEventListener("htmx:after:swap", renew);
  document.addEventListener("htmx:finally:request", settle);
  document.addEventListener("commandpost:fetched", ({ target, detail }) => note(target, detail.status)); // without htmx
  document.addEventListener("visibilitychange", catchUp);
  document.addEventListener("commandpost:released", catchUp);
  addEventListener("hashchange", catchUp);
  addEventListener("online", () => { if (!socket && retry !== -1) { wait = FIRST_WAIT; connect(); } });
  addEventListener("pageshow", (event) => { if (event.persisted && !socket) connect(); });
  connect();
})();
