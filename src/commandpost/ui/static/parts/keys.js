// Shortcuts. Single keys are off while one types and can be switched off for good in the sheet that `?` opens.
import { word } from "./words.js";
const KEEP = "commandpost-single-keys";
const GO = 1500;
let going = 0;

const rows = [
  ["?", word("This sheet")],
  [word("Ctrl K"), word("Go anywhere")],
  ["/", word("Write a command; on a list, search")],
  ["s", word("Search")],
  ["c", word("Write a message")],
  ["i", word("Write a new item")],
  [word("g, then i p t n"), word("Incidents, Playbooks, Telemetry, Insights")],
  [word("Alt ↑ ↓"), word("The channel before or after; with Shift, the unread one")],
  ["@", word("Name somebody, who then hears of it; @all, @channel or @here: everybody in the channel, here now or not")],
  [word("Enter"), word("Send; Shift Enter makes a new line")],
  ["↑", word("Edit your last message, while the box is empty")],
  [word("Ctrl Enter"), word("Save the message or playbook that is being edited")],
  [word("Alt ↑ ↓ Home End on a handle"), word("Move an item; or Space, arrows, Space")],
  [word("Esc"), word("Close or put back")],
];

export const isOn = () => localStorage.getItem(KEEP) !== "off";
const isTyping = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const visible = (selector) => [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());

function sheet() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "keys_title");
  dialog.innerHTML = `<header class="row"><h2 id="keys_title"></h2><button type="button" class="quiet icon-only end" data-done>×</button></header>
    <dl class="keys"></dl>
    <p><label class="row"><input type="checkbox"> <span></span></label></p>`;
  dialog.querySelector("h2").textContent = word("Keys");
  dialog.querySelector("[data-done]").setAttribute("aria-label", word("Close"));
  dialog.querySelector("label span").textContent = word("Shortcuts of a single key");
  const list = dialog.querySelector("dl");
  for (const [keys, meaning] of rows) {
    const term = document.createElement("dt");
    const what = document.createElement("dd");
    const key = document.createElement("kbd");
    key.textContent = keys;
    term.append(key);
    what.textContent = meaning;
    list.append(term, what);
  }
  const choice = dialog.querySelector("input");
  choice.checked = isOn();
  choice.addEventListener("change", () => localStorage.setItem(KEEP, choice.checked ? "on" : "off"));
  dialog.querySelector("[data-done]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function focus(selector) {
  const field = visible(selector);
  field?.focus();
  return Boolean(field);
}

const single = {
  "?": () => sheet(),
  "/": () => command() || search(),
  s: () => search(),
  c: () => focus("[data-composer] textarea"),
  i: () => focus(".add-item input[type=text], .add-item input:not([type])"),
  g: () => { going = Date.now(); },
};

const search = () => focus("[data-search], input[type=search]");

function command() {
  const field = visible("[data-composer] textarea");
  field?.focus();
  if (field?.value === "") {
    field.value = "/";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return Boolean(field);
}

function go(key) {
  const part = { i: "incidents", p: "playbooks", t: "telemetry", n: "insights" }[key];
  const link = part && document.querySelector(`.rail a[href$="/${part}"]`);
  if (link) location.assign(link.href);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target) || !isOn()) return;
  if (document.querySelector("dialog:modal")) return;
  if (Date.now() - going < GO) {
    going = 0;
    go(event.key);
    return;
  }
  const work = single[event.key];
  if (!work) return;
  event.preventDefault();
  work();
});

document.addEventListener("click", (event) => { if (event.target.closest("[data-keys]")) sheet(); });
