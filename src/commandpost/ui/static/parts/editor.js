// The playbook editor under the fingers: Enter goes on to the next item, Backspace takes an empty one away, Ctrl Enter saves.
import { freshKey } from "./forms.js";
import { word } from "./words.js";

const EDITOR = "#playbook_editor";
const ITEM = "[name=item_title]";
const TO_COME = "to-come"; // the id that the server's empty item has

const isItem = (field) => field.matches(ITEM);
const itemsAround = (part) => part.closest("fieldset").querySelector("ul.items");

/** Puts an empty item behind another, or at the end of a list, and goes there. */
function add(list, item = null) {
  const markup = document.getElementById("item_to_come").innerHTML.replaceAll(TO_COME, freshKey());
  if (item) item.insertAdjacentHTML("afterend", markup);
  else list.insertAdjacentHTML("beforeend", markup);
  (item?.nextElementSibling ?? list.lastElementChild).querySelector(ITEM).focus();
  number(list);
}

function remove(item) {
  const list = itemsAround(item);
  const before = item.previousElementSibling?.querySelector(ITEM) ?? item.closest("fieldset").querySelector("[name=checklist_title]");
  item.remove();
  before.focus();
  number(list);
}

function number(list) {
  for (const [index, item] of [...list.children].entries()) {
    item.querySelector("label").textContent = word("Item %(number)s", { number: index + 1 });
    item.querySelector("summary").title = item.querySelector("summary .visually-hidden").textContent = word("Change item %(number)s", { number: index + 1 });
  }
}

function goOn(field) {
  if (isItem(field)) add(itemsAround(field), field.closest("li"));
  else if (field.name === "title") field.form.querySelector("[name=checklist_title]")?.focus();
  else {
    const first = itemsAround(field).querySelector(ITEM);
    if (first) first.focus();
    else add(itemsAround(field));
  }
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  const form = field.closest?.(EDITOR);
  if (!form || event.isComposing) return;
  const isText = field.matches("input:not([type=hidden])");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  else if (event.key === "Enter" && isText) goOn(field);
  else if (event.key === "Backspace" && !event.repeat && isText && isItem(field) && !field.value) remove(field.closest("li"));
  else return;
  event.preventDefault();
});

// The server makes a new checklist; what it is called is typed next.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceEvent?.submitter?.value !== "add-checklist") return;
  const last = [...document.querySelectorAll(`${EDITOR} [name=checklist_title]`)].at(-1);
  if (!last.value) last.focus();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(`${EDITOR} button[value^="add-item:"]`);
  if (!button) return;
  event.preventDefault();
  add(itemsAround(button));
});
