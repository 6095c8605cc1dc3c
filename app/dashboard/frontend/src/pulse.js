// Asks now and then whether alerts were raised; says so in a pill and moves nothing by itself.

import { refresh } from "./swap.js";

const EVERY = 30_000;

export function watchPulse() {
  if (!document.querySelector("[data-live]")) return;
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
}

async function ask() {
  if (document.hidden || !navigator.onLine) return;
  const after = document.body.dataset.position || "0";
  try {
    const answer = await fetch(`/pulse?after=${encodeURIComponent(after)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const { changes, raised } = await answer.json();
    if (changes) show(changes, raised);
  } catch {
    // The next round may do better; the page stays as it is.
  }
}

function show(changes, raised) {
  const live = document.querySelector("[data-live]");
  let pill = document.querySelector(".pill");
  if (!pill) {
    pill = document.createElement("button");
    pill.className = "pill";
    pill.setAttribute("role", "status");
    pill.addEventListener("click", async () => {
      pill.remove();
      if (live.id) await refresh(`#${live.id}`);
      else location.reload();
    });
    live.before(pill);
  }
  const words = raised ? `${raised} new alert${raised === 1 ? "" : "s"}` : `${changes} change${changes === 1 ? "" : "s"}`;
  pill.textContent = `${words}: show`;
}
