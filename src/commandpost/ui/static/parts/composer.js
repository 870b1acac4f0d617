// The composer: Enter sends, Shift+Enter makes a line, a slash lists what can be said.
import { word } from "./words.js";
const ASK_AFTER = 80;
let timer = 0;
let chosen = -1;

const composerOf = (element) => element.closest?.("form[data-composer]");
const listOf = (form) => form.querySelector(".suggestions");

function close(form) {
  clearTimeout(timer);
  chosen = -1;
  listOf(form)?.remove();
  const field = form.elements.namedItem("text");
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
}

async function suggest(form, field) {
  const text = field.value;
  const address = new URL(form.dataset.suggestions, location.href);
  address.searchParams.set("text", text);
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || field.value !== text) return;
  const found = await answer.json();
  close(form);
  if (found.length && !(found.length === 1 && found[0].text.trim() === text.trim())) show(form, field, found);
}

function show(form, field, found) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "composer_suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", word("Commands"));
  list.append(...found.map(({ text, help }, index) => line(text, help ?? "", index)));
  form.append(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
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

function choose(form, field, step) {
  const items = [...listOf(form).children];
  chosen = (chosen + step + items.length) % items.length;
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
  items[chosen].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", items[chosen].id);
}

function take(form, field, item) {
  const rest = item.dataset.text;
  field.value = rest.endsWith(" ") ? rest : `${rest} `;
  close(form);
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", ({ target }) => {
  const form = composerOf(target);
  if (!form?.dataset.suggestions || target.name !== "text") return;
  clearTimeout(timer);
  if (/^\/[^\n]*$/.test(target.value)) timer = setTimeout(() => suggest(form, target), ASK_AFTER);
  else close(form);
});

document.addEventListener("keydown", (event) => {
  const form = composerOf(event.target);
  if (!form || event.target.name !== "text" || event.isComposing) return;
  const list = listOf(form);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (list && step) choose(form, event.target, chosen < 0 && step < 0 ? 0 : step);
  else if (list && event.key === "Escape") close(form);
  else if (list && (event.key === "Tab" && !event.shiftKey || event.key === "Enter" && chosen >= 0)) take(form, event.target, list.children[Math.max(chosen, 0)]);
  else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey) send(form);
  else return;
  event.preventDefault();
});

function send(form) {
  close(form);
  if (form.elements.namedItem("text").value.trim()) form.requestSubmit();
}

document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.(".suggestions [role=option]");
  const form = item && composerOf(item);
  if (!form) return;
  event.preventDefault();
  take(form, form.elements.namedItem("text"), item);
});

document.addEventListener("focusout", (event) => {
  const form = composerOf(event.target);
  if (form && !form.contains(event.relatedTarget)) close(form);
});
