// A list that grows at its end stays there, unless the reader scrolled up to read.
import { onContent } from "./say.js";
import { word } from "./words.js";

const NEAR = 80;
const known = new WeakSet();
const away = new WeakSet(); // lists whose reader scrolled up

const toEnd = (list) => { list.scrollTop = list.scrollHeight; };
const follow = (list) => { if (!away.has(list)) toEnd(list); };
const lasts = new WeakMap(); // the post at the end of each list when its reader was last there
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => follow(target)));

function watch(list) {
  if (known.has(list)) return;
  known.add(list);
  if (list.querySelector(":target")) away.add(list);
  list.addEventListener("scroll", () => {
    const gap = list.scrollHeight - list.scrollTop - list.clientHeight;
    if (gap < NEAR) away.delete(list);
    else away.add(list);
    hint(list);
  }, { passive: true });
  resized.observe(list);
}

// While the reader is elsewhere in the list a button says that something came.
function hint(list) {
  const posts = [...list.querySelectorAll(".post")].map((post) => post.id);
  let button = list.parentElement.querySelector(":scope > .newer");
  if (!away.has(list) || !lasts.has(list)) lasts.set(list, posts.at(-1));
  const fresh = posts.length - 1 - posts.lastIndexOf(lasts.get(list)); // the oldest may have left the list
  if (fresh <= 0) {
    button?.remove();
    return;
  }
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "newer";
    button.addEventListener("click", () => { away.delete(list); toEnd(list); hint(list); });
    list.after(button);
  }
  button.textContent = fresh === 1 ? word("1 new post ↓") : word("%(count)s new posts ↓", { count: fresh });
}

onContent(() => {
  for (const list of document.querySelectorAll("[data-stick]")) {
    watch(list);
    follow(list);
    hint(list);
  }
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.matches?.("[data-composer]")) document.querySelectorAll("[data-stick]").forEach((list) => away.delete(list));
});
