// A form that is long in the making is not left by mistake: our links and Escape ask first, the browser asks for every
// other way.
import { closeDialog } from "./dialogs.js";
import { word } from "./words.js";

const TITLE = "discard_title";
const formOf = () => document.querySelector("form[data-unsaved]");
const isTyped = ({ type, name }) => name && type !== "hidden" && type !== "submit" && type !== "button";
const whatIsTyped = (form) => JSON.stringify([...form.elements].filter(isTyped).map(({ name, value }) => [name, value]));

let form = null; // the one whose beginning is remembered; a morph keeps it
let before = "";
let leaving = false;

function look() {
  const now = formOf();
  if (now === form) return;
  form = now;
  before = now && !now.querySelector("[aria-invalid=true]") ? whatIsTyped(now) : ""; // what was refused is not saved
  leaving = false;
}

const isUnsaved = () => Boolean(form?.isConnected) && !leaving && whatIsTyped(form) !== before;

addEventListener("beforeunload", (event) => {
  if (isUnsaved()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hasAttribute("download") || !isUnsaved()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = link.matches("[data-close]") && link.closest("dialog");
  ask(() => (dialog ? closeDialog(dialog) : location.assign(link.href)));
}, true);

document.addEventListener("keydown", (event) => {
  const dialog = form?.closest("dialog:modal");
  if (event.key !== "Escape" || !dialog || !isUnsaved() || isAsking()) return;
  event.preventDefault();
  ask(() => closeDialog(dialog));
});

const isAsking = () => Boolean(document.querySelector(`dialog[open] #${TITLE}`)); // one that was closed stands for a moment

function ask(leave) {
  const dialog = document.createElement("dialog");
  const inside = document.createElement("div");
  const title = document.createElement("h2");
  const text = document.createElement("p");
  const buttons = document.createElement("div");
  dialog.className = "modal";
  dialog.setAttribute("aria-labelledby", title.id = TITLE);
  title.textContent = word("Discard changes?");
  text.textContent = word("What you changed here has not been saved.");
  buttons.className = "buttons";
  buttons.append(
    button(word("Keep editing"), "primary", () => dialog.close()),
    button(word("Discard changes"), "danger", () => {
      leaving = true;
      dialog.close();
      leave();
    }),
  );
  inside.className = "stack";
  inside.append(title, text, buttons);
  dialog.append(inside);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function button(label, kind, work) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = label;
  made.addEventListener("click", work);
  return made;
}

// What is sent to another page may be left, and what was saved: a redirect is the server's word for it.
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (target === form && !defaultPrevented) leaving = true;
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === form && ctx.response.status < 400 && ctx.response.raw.redirected) leaving = true;
});
document.addEventListener("htmx:after:swap", look);
look();
