// What a watch would have found, while its query is being written. Without it the button "Preview" does the same.

import { fetchPage, takeOver } from "./swap.js";

const PAUSE = 900;
let timer = 0;
let asked = 0;

export function previewAsYouType() {
  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => look(form), PAUSE);
  });
}

async function look(form) {
  const fields = new URLSearchParams(new FormData(form));
  if (!fields.get("query").trim()) return;
  asked += 1;
  const mine = asked;
  const place = document.querySelector("#preview");
  place.setAttribute("aria-busy", "true");
  try {
    const { page } = await fetchPage(form.dataset.preview, fields);
    if (mine === asked) takeOver(page, "#preview");
  } catch {
    place.removeAttribute("aria-busy"); // the button is still there
  }
}
