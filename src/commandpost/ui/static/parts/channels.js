// Alt ↑ and ↓ go through the channels of the rail, with Shift through the unread ones; also while one types.
import { lead } from "./focus.js";

const CHANNELS = '#channel_list a[href^="/channels/"]:not([href*="show="])';

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  if (event.target.matches("select") || document.querySelector("dialog:modal")) return;
  const link = around(step).find((each) => !event.shiftKey || each.matches(".unread"));
  if (!link) return;
  event.preventDefault();
  lead();
  location.assign(link.href);
});

/** Returns all channels but the open one, from there on; after the last comes the first. */
function around(step) {
  const links = [...document.querySelectorAll(CHANNELS)];
  const here = links.findIndex((link) => link.matches("[aria-current]"));
  const others = [...links.slice(here + 1), ...links.slice(0, Math.max(here, 0))];
  return step < 0 ? others.reverse() : others;
}
