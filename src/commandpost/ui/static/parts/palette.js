// Ctrl-K: type a few letters of where to go. It knows the links of the rail and of the page's head, deeds, incidents and people.
import { word } from "./words.js";
const SOURCES = ".rail a[href], .page-head a[href], .bar a[href], [data-palette][href]";

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

function open() {
  const all = places();
  const dialog = document.createElement("dialog");
  dialog.className = "palette";
  dialog.setAttribute("aria-label", word("Go anywhere"));
  dialog.innerHTML = `<input type="text" role="combobox" aria-expanded="true" aria-controls="palette_list" aria-autocomplete="list" autocomplete="off">
    <ul id="palette_list" role="listbox"></ul>
    <p class="muted" role="status"></p>`;
  const field = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  const nothing = dialog.querySelector("[role=status]");
  field.setAttribute("aria-label", word("Where to"));
  field.placeholder = word("Where to?");
  list.setAttribute("aria-label", word("Places"));
  let at = 0;

  const mark = () => {
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    const item = list.children[at];
    item?.scrollIntoView({ block: "nearest" });
    if (item) field.setAttribute("aria-activedescendant", item.id);
    else field.removeAttribute("aria-activedescendant");
  };
  let shown = [];
  const show = (places) => {
    shown = places;
    at = Math.min(at, Math.max(0, shown.length - 1));
    list.replaceChildren(...shown.map(({ label }, index) => {
      const item = document.createElement("li");
      item.id = `place_${index}`;
      item.setAttribute("role", "option");
      item.textContent = label;
      return item;
    }));
    mark();
  };
  const fill = async () => {
    const text = field.value.trim();
    at = 0;
    show(matching(all, text));
    const more = text ? await found(text) : [];
    if (field.value.trim() !== text || !dialog.isConnected) return;
    if (more.length) show([...shown, ...more]);
    nothing.textContent = shown.length ? "" : word("Nothing found");
  };
  const go = (place) => {
    dialog.close();
    if (place.go) place.go();
    else location.assign(place.href);
  };
  field.addEventListener("input", fill);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = list.children.length;
    if (step && count) at = (at + step + count) % count;
    else if (event.key === "Enter" && shown[at]) go(shown[at]);
    else return;
    event.preventDefault();
    mark();
  });
  list.addEventListener("click", (event) => {
    const place = shown[[...list.children].indexOf(event.target.closest("li"))];
    if (place) go(place);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  fill();
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!document.querySelector("dialog:modal")) open();
});
