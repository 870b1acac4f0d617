// How many mentions wait: before the title of the page, so that a tab in the background is seen to want something, and
// on what opens the rail where it is a drawer.
import { onContent } from "./say.js";

const COUNTED = /^\(\d+\) /;
const counter = () => document.getElementById("mentions");
const known = new WeakSet();
let waiting = 0;
let asked = 0; // how often: an answer that was overtaken is old

function show() {
  const title = document.title.replace(COUNTED, "");
  document.title = waiting ? `(${waiting}) ${title}` : title;
  for (const badge of document.querySelectorAll("[data-waiting]")) {
    badge.hidden = !waiting;
    badge.firstElementChild.textContent = waiting;
  }
}

const showsNewest = () => !document.hidden && document.getElementById("post_list")?.checkVisibility() && !/[?&](q|before)=/.test(location.search);

// What one looks at is read in a moment and does not count.
async function count() {
  const mine = ++asked;
  const element = counter();
  const address = new URL(element.dataset.count, location.href);
  const here = /^\/channels\/(\w+)/.exec(location.pathname)?.[1];
  if (here && showsNewest()) address.searchParams.set("here", here);
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  element.dispatchEvent(new CustomEvent("commandpost:fetched", { bubbles: true, detail: { status: answer?.status } }));
  if (!answer?.ok || answer.redirected) return;
  const { mentions } = await answer.json();
  if (mine !== asked) return;
  waiting = mentions;
  show();
}

onContent(() => {
  const element = counter();
  if (waiting) show();
  if (!element || known.has(element)) return;
  known.add(element);
  element.addEventListener("live", count);
  count();
});
document.addEventListener("visibilitychange", () => { if (counter() && !document.hidden) count(); });
