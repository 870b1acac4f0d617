// Items are put in order by pointer or keyboard; what is submitted is the item's own form, so the server decides.
import { scrollAtEdge } from "./edges.js";
import { announce } from "./say.js";
import { word } from "./words.js";

let held = null; // {item, list, next, byKeyboard, missed, at: the last move of the pointer}

const listOf = (item) => item.closest("[data-sortable]");
const itemsOf = (list) => [...list.children].filter((child) => child.matches("[data-item]"));
const lists = (group) => [...document.querySelectorAll(`[data-sortable="${CSS.escape(group)}"]`)];
const nameOf = (item) => item.querySelector(".item-title")?.textContent.trim() || item.querySelector("[name=item_title]")?.value || word("Item");

function take(item, byKeyboard) {
  held = { item, list: listOf(item), next: item.nextElementSibling, byKeyboard };
  item.classList.add("held");
  document.documentElement.setAttribute("data-held", "");
}

function release() {
  held?.item.classList.remove("held");
  held = null;
  document.documentElement.removeAttribute("data-held");
  document.dispatchEvent(new CustomEvent("commandpost:released"));
}

function putBack() {
  const { item, list, next, missed } = held;
  list.insertBefore(item, next?.parentNode === list ? next : null);
  release();
  if (missed) missed.dispatchEvent(new CustomEvent("live"));
}

// An answer that was already on its way must not take the item out of the hand; it is asked for again.
document.addEventListener("htmx:before:swap", (event) => {
  const region = held && event.detail.ctx.sourceElement;
  if (!region?.contains(held.item)) return;
  event.preventDefault();
  held.missed = region;
});

function drop() {
  const { item, list, next } = held;
  if (listOf(item) === list && item.nextElementSibling === next) {
    putBack();
    return;
  }
  release();
  submit(item);
}

function submit(item) {
  const form = item.querySelector("form[data-move]");
  const list = listOf(item);
  const items = itemsOf(list);
  if (!form) return;
  set(form, "position", items.indexOf(item));
  set(form, "checklist_id", list.dataset.list);
  tellPosition(item, items);
  form.requestSubmit();
}

function set(form, name, value) {
  const field = form.querySelector(`:is(input, select)[name="${name}"]`);
  if (field && value !== undefined) field.value = String(value);
}

// One step up or down; past the end of a list comes the next list of the same group.
function step(item, down) {
  const list = listOf(item);
  const items = itemsOf(list);
  const index = items.indexOf(item);
  const other = items[index + (down ? 1 : -1)];
  if (other) list.insertBefore(item, down ? other.nextElementSibling : other);
  else intoNeighbour(item, list, down);
  tellPosition(item, itemsOf(listOf(item)));
}

function toEdge(item, end) {
  listOf(item).insertAdjacentElement(end ? "beforeend" : "afterbegin", item);
  tellPosition(item, itemsOf(listOf(item)));
}

const MOVES = {
  ArrowDown: (item) => step(item, true),
  ArrowUp: (item) => step(item, false),
  Home: (item) => toEdge(item, false),
  End: (item) => toEdge(item, true),
};

function tellPosition(item, items) {
  const values = { item: nameOf(item), position: items.indexOf(item) + 1, count: items.length };
  announce(word("%(item)s: position %(position)s of %(count)s", values));
}

function intoNeighbour(item, list, down) {
  const group = lists(list.dataset.sortable);
  const neighbour = group[group.indexOf(list) + (down ? 1 : -1)];
  if (neighbour) neighbour.insertBefore(item, down ? neighbour.firstElementChild : null);
}

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip) return;
  const item = grip.closest("[data-item]");
  const move = MOVES[event.key];
  if (move && event.altKey && !held) {
    take(item, true);
    move(item);
    drop();
  } else if (move && held) move(item);
  else if (event.key === " " || (event.key === "Enter" && held)) held ? drop() : hold(item);
  else if (event.key === "Escape" && held) putBack();
  else return;
  event.preventDefault();
  event.stopPropagation();
  grip.focus();
});

function hold(item) {
  take(item, true);
  announce(word("%(item)s is held. Arrows move it, Space drops it, Escape puts it back.", { item: nameOf(item) }));
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button !== 0 || held) return;
  event.preventDefault();
  grip.focus();
  take(grip.closest("[data-item]"), false);
});

document.addEventListener("pointermove", (event) => {
  if (!held || held.byKeyboard) return;
  held.at = event;
  putUnder(event);
  scrollAtEdge(held.item, () => held?.at.clientY, () => putUnder(held.at));
});

function putUnder(pointer) {
  const list = listAt(pointer, listOf(held.item).dataset.sortable);
  if (!list) return;
  const after = itemsOf(list).find((item) => item !== held.item && pointer.clientY < middle(item));
  const before = after ?? null;
  if (listOf(held.item) !== list || held.item.nextElementSibling !== before) list.insertBefore(held.item, before);
}

function listAt({ clientX, clientY }, group) {
  return lists(group).find((list) => {
    const box = list.getBoundingClientRect();
    return clientX >= box.left && clientX <= box.right && clientY >= box.top - 12 && clientY <= box.bottom + 12;
  });
}

function middle(item) {
  const box = item.getBoundingClientRect();
  return box.top + box.height / 2;
}

document.addEventListener("pointerup", () => { if (held && !held.byKeyboard) drop(); });
document.addEventListener("pointercancel", () => { if (held && !held.byKeyboard) putBack(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && held && !held.byKeyboard) putBack(); });
document.addEventListener("focusout", (event) => {
  if (held?.byKeyboard && event.target.closest?.("[data-grip]") && event.relatedTarget && !held.item.contains(event.relatedTarget)) putBack();
});
