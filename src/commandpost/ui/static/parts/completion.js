// What can be completed at the cursor, and the list that offers it: a command, or a name behind an @.
import { word } from "./words.js";

const COMMAND = /^\/[^\n]*$/;
const NAME = /(?:^|[^\p{L}\p{N}_@/.])@([\p{L}\p{N}_.-]*)$/u;
const ASK_AFTER = 80;

let timer = 0;
let chosen = -1;
let place = null; // which part of the text the list is for

export const listOf = (form) => form.querySelector(".suggestions");
export const isChosen = () => chosen >= 0;

function placeIn(form, { value, selectionStart: cursor }) {
  const { mentions, suggestions } = form.dataset;
  const name = mentions ? NAME.exec(value.slice(0, cursor))?.[1] : undefined;
  if (typeof name === "string") {
    return { address: mentions, text: name, start: cursor - name.length - 1, end: cursor, label: word("People"), isName: true };
  }
  if (!suggestions || !COMMAND.test(value)) return null;
  return { address: suggestions, text: value, start: 0, end: value.length, label: word("Commands"), isName: false };
}

/** Takes the list away. */
export function close(form) {
  clearTimeout(timer);
  chosen = -1;
  place = null;
  listOf(form)?.remove();
  const field = form.elements.namedItem("text");
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
}

/** Offers what fits the text at the cursor, a moment after it was typed. */
export function offer(form, field) {
  clearTimeout(timer);
  const asked = placeIn(form, field);
  if (asked) timer = setTimeout(ask, ASK_AFTER, form, field, asked);
  else close(form);
}

async function ask(form, field, asked) {
  const { value } = field;
  const address = new URL(asked.address, location.href);
  address.searchParams.set("text", asked.text);
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || field.value !== value || document.activeElement !== field) return;
  const found = await answer.json();
  close(form);
  const typed = value.slice(asked.start, asked.end).trim();
  if (found.length && !(found.length === 1 && found[0].text.trim() === typed)) show(form, field, asked, found);
}

function show(form, field, asked, found) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "composer_suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", asked.label);
  list.append(...found.map(({ text, help }, index) => line(text, help ?? "", index)));
  form.append(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  place = asked;
  if (asked.isName) choose(form, field, 1); // a name is rarely typed to its end: Enter takes the first
}

function line(text, help, index) {
  const item = document.createElement("li");
  const code = document.createElement("code");
  const note = document.createElement("small");
  item.id = `suggestion_${index}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.text = text;
  code.textContent = text;
  note.textContent = help;
  item.append(code, note);
  return item;
}

/** Marks the next or the one before. */
export function choose(form, field, step) {
  const items = [...listOf(form).children];
  chosen = (chosen < 0 && step < 0 ? items.length - 1 : chosen + step + items.length) % items.length;
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
  items[chosen].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", items[chosen].id);
}

/** Puts an item, or the marked or first one, where it belongs in the text. */
export function take(form, field, item = listOf(form).children[Math.max(chosen, 0)]) {
  const { start, end } = place;
  const text = item.dataset.text.trimEnd();
  const rest = field.value.slice(end);
  const gap = /^\s/.test(rest) ? "" : " ";
  field.value = field.value.slice(0, start) + text + gap + rest;
  close(form);
  field.focus();
  field.setSelectionRange(start + text.length + 1, start + text.length + 1);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
