// What is being written to a channel outlives the page: kept by person and channel until it is sent or they sign out.
import { onContent } from "./say.js";

const PREFIX = "commandpost-draft";
const filled = new WeakSet();

const keyOf = (form) => `${PREFIX}:${form.dataset.draft}`;
const composers = () => document.querySelectorAll("form[data-composer][data-draft]");
const fieldOf = (form) => form.elements.namedItem("text");

function keep(form) {
  const { value } = fieldOf(form);
  if (value.trim()) localStorage.setItem(keyOf(form), value);
  else localStorage.removeItem(keyOf(form));
}

function forget(isGone) {
  for (const key of Object.keys(localStorage)) if (key.startsWith(`${PREFIX}:`) && isGone(key)) localStorage.removeItem(key);
}

// Whoever else signed in on this browser leaves nothing here to be read.
function fill() {
  for (const form of composers()) {
    if (filled.has(form)) continue;
    filled.add(form);
    const [viewer] = form.dataset.draft.split(":");
    forget((key) => !key.startsWith(`${PREFIX}:${viewer}:`));
    const field = fieldOf(form);
    if (!field.value) field.value = localStorage.getItem(keyOf(form)) ?? "";
  }
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[data-composer][data-draft]");
  if (form) keep(form);
});

// Sent or given back: by now the field holds what is still to be sent.
const settle = ({ detail: { ctx } }) => {
  const form = ctx?.sourceElement;
  if (form?.matches?.("form[data-composer][data-draft]")) keep(form);
};
document.addEventListener("htmx:after:request", settle);
document.addEventListener("htmx:error", settle);

document.addEventListener("submit", ({ target }) => {
  if (target.getAttribute("action") === "/sign-out") forget(() => true);
  else if (target.matches("form[data-composer][data-draft]:not([hx-boost])")) localStorage.removeItem(keyOf(target)); // the next page has it, if refused
});

onContent(fill);
