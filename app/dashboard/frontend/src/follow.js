// A part of the page that is still under way is asked for again, until it is done.

import { refresh } from "./swap.js";

const EVERY = 3_000;

export function followProgress() {
  if (!document.querySelector("[data-follow]")) return;
  const timer = setInterval(async () => {
    const part = document.querySelector("[data-follow]");
    if (!part) clearInterval(timer);
    else if (!document.hidden) await refresh(`#${part.id}`);
  }, EVERY);
}
