// Ctrl-K: type a few letters of where to go. It knows the links of the rail and of the page's head, deeds, incidents and people.
import { word } from "./words.js";

const SOURCES = ".rail a[href], .page-head a[href], .bar a[href], [data-palette][href]";

let shown = []; // the places that are listed
let at = 0; // which of them is marked

const fieldOf = (dialog) => dialog.querySelector("input");
const listOf = (dialog) => dialog.querySelector("ul");

function places() {
  const found = new Map();
  for (const link of document.querySelectorAll(SOURCES)) {
    const label = (link.querySelector(".rail-text") ?? link).textContent.trim().replace(/\s+/g, " ");
    if (label && !link.getAttribute("href").startsWith("#")) found.set(`${label} ${link.href}`, { label, href: link.href });
  }
  for (const button of document.querySelectorAll("button[data-palette]")) {
    const label = button.textContent.trim();
    found.set(label, { label, go: () => button.form.requestSubmit(button) });
  }
  return [...found.values()];
}

function matching(all, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word))).slice(0, 12);
}

async function asked(path, text) {
  const answer = await fetch(`${path}?text=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return [];
  return (await answer.json()).map(({ text: name, help, href }) => ({
    label: [name, help].filter(Boolean).join(" · "),
    href: href ?? `${path}/${encodeURIComponent(name.slice(1))}`,
  }));
}

async function found(text) {
  const answers = await Promise.all([asked("/incidents", text), asked("/people", text.replace(/^@/, ""))]);
  return answers.flat();
}

/** Returns the dialog with its field and an empty list. */
function frame() {
  const dialog = document.createElement("dialog");
  dialog.className = "palette";
  dialog.setAttribute("aria-label", word("Go anywhere"));
  dialog.innerHTML = `<input type="text" role="combobox" aria-expanded="true" aria-controls="palette_list" aria-autocomplete="list" autocomplete="off">
    <ul id="palette_list" role="listbox"></ul>
    <p class="muted" role="status"></p>`;
  fieldOf(dialog).setAttribute("aria-label", word("Where to"));
  fieldOf(dialog).placeholder = word("Where to?");
  listOf(dialog).setAttribute("aria-label", word("Places"));
  return dialog;
}

function mark(dialog) {
  const items = [...listOf(dialog).children];
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
  items[at]?.scrollIntoView({ block: "nearest" });
  if (items[at]) fieldOf(dialog).setAttribute("aria-activedescendant", items[at].id);
  else fieldOf(dialog).removeAttribute("aria-activedescendant");
}

function show(dialog, all) {
  shown = all;
  at = Math.min(at, Math.max(0, shown.length - 1));
  listOf(dialog).replaceChildren(...shown.map(line));
  mark(dialog);
}

function line({ label }, index) {
  const item = document.createElement("li");
  item.id = `place_${index}`;
  item.setAttribute("role", "option");
  item.textContent = label;
  return item;
}

async function fill(dialog, all) {
  const text = fieldOf(dialog).value.trim();
  at = 0;
  show(dialog, matching(all, text));
  const more = text ? await found(text) : [];
  if (fieldOf(dialog).value.trim() !== text || !dialog.isConnected) return;
  if (more.length) show(dialog, [...shown, ...more]);
  dialog.querySelector("[role=status]").textContent = shown.length ? "" : word("Nothing found");
}

function go(dialog, place) {
  dialog.close();
  if (place.go) place.go();
  else location.assign(place.href);
}

function press(dialog, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && shown.length) at = (at + step + shown.length) % shown.length;
  else if (event.key === "Enter" && shown[at]) go(dialog, shown[at]);
  else return;
  event.preventDefault();
  mark(dialog);
}

function open() {
  const all = places();
  const dialog = frame();
  fieldOf(dialog).addEventListener("input", () => fill(dialog, all));
  fieldOf(dialog).addEventListener("keydown", (event) => press(dialog, event));
  listOf(dialog).addEventListener("click", (event) => {
    const place = shown[[...listOf(dialog).children].indexOf(event.target.closest("li"))];
    if (place) go(dialog, place);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  fill(dialog, all);
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!document.querySelector("dialog:modal")) open();
});
