// What is dragged to the edge of its pane scrolls the pane, faster the nearer it comes.
const EDGE = 64; // pixels: more than the bar that stays on top of a pane
const FASTEST = 14; // pixels a frame
let rolling = false;

/** Scrolls while `height()` is at an edge, until it is undefined; `scrolled` is called after each frame. */
export function scrollAtEdge(element, height, scrolled) {
  if (rolling) return;
  const pane = paneOf(element);
  const roll = () => {
    const before = pane.scrollTop;
    const at = height();
    if (at !== undefined) pane.scrollTop += speed(at, pane);
    rolling = pane.scrollTop !== before;
    if (!rolling) return;
    scrolled();
    requestAnimationFrame(roll);
  };
  roll();
}

function speed(at, pane) {
  const box = pane === document.scrollingElement ? { top: 0, bottom: innerHeight } : pane.getBoundingClientRect();
  const share = Math.max(box.top + EDGE - at, 0) - Math.max(at - box.bottom + EDGE, 0);
  return -Math.sign(share) * Math.ceil((Math.min(Math.abs(share), EDGE) / EDGE) * FASTEST);
}

function paneOf(element) {
  for (let pane = element.parentElement; pane; pane = pane.parentElement)
    if (pane.scrollHeight > pane.clientHeight && /auto|scroll/.test(getComputedStyle(pane).overflowY)) return pane;
  return document.scrollingElement;
}
