// A list that grows at its end stays there, unless the reader scrolled up to read.
import { onContent } from "./say.js";

const NEAR = 80;
const known = new WeakSet();
const away = new WeakSet(); // lists whose reader scrolled up

const toEnd = (list) => { list.scrollTop = list.scrollHeight; };
const follow = (list) => { if (!away.has(list)) toEnd(list); };
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => follow(target)));

function watch(list) {
  if (known.has(list)) return;
  known.add(list);
  if (list.querySelector(":target")) away.add(list);
  list.addEventListener("scroll", () => {
    const gap = list.scrollHeight - list.scrollTop - list.clientHeight;
    if (gap < NEAR) away.delete(list);
    else away.add(list);
  }, { passive: true });
  resized.observe(list);
}

onContent(() => {
  for (const list of document.querySelectorAll("[data-stick]")) {
    watch(list);
    follow(list);
  }
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.matches?.("[data-composer]")) document.querySelectorAll("[data-stick]").forEach((list) => away.delete(list));
});
