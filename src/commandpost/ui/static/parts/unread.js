// The line above what is new stays where it stood when one came to a channel, until one leaves the channel or the tab.
const KEPT = "commandpost-new-line"; // by now on which page and above which post: dialogs and forms lead to the same page
const LINE = "new_posts";

let returns = 0; // how often one came back to the tab
let settled = 0; // how often when what is shown was asked for

function kept() {
  const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  return found?.path === location.pathname ? found : null;
}

function keep(line) {
  let post = line;
  while (post && !post.id.startsWith("post_")) post = post.nextElementSibling;
  if (post) sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, post: post.id, text: line.textContent }));
}

function put({ post, text }, line) {
  const below = document.getElementById(post);
  const day = document.getElementById(post.replace("post_", "day_"));
  line.id = LINE;
  line.className = "day";
  line.textContent = text;
  (day ?? below).before(line);
}

/** Puts the line back where it stood; else the server's stands, if one has just come. */
function settle({ isBack = false, isComing = isBack } = {}) {
  const line = document.getElementById(LINE);
  const before = isBack && line ? null : kept();
  if (before && document.getElementById(before.post)) put(before, line ?? document.createElement("p"));
  else if (line && isComing) keep(line);
  else line?.remove();
}

function come(isBack = false) {
  if (!kept()) sessionStorage.removeItem(KEPT);
  settle({ isBack, isComing: true });
}

// An answer to what was asked before one came back knows nothing of what is new since.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => { ctx.returns = returns; });
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const list = document.getElementById("post_list");
  const asked = ctx.returns ?? returns;
  const isBack = asked > settled;
  if (ctx.target === document.body) come(isBack);
  else if (list && ctx.target.contains?.(list)) settle({ isBack });
  else return;
  settled = Math.max(settled, asked);
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) returns += 1; }, true); // before others ask for what is new
come();
