// One sentence in the corner, read out politely, gone after ten seconds; with a way back where there is one.

const STAY = 10_000;
let timer = 0;

export function say(words, form = null) {
  let toast = document.querySelector(".toast");
  if (!toast) {
    toast = document.createElement("div");
    toast.className = "toast";
    toast.setAttribute("role", "status");
    document.body.append(toast);
  }
  const text = document.createElement("span");
  text.textContent = words;
  toast.replaceChildren(text);
  if (form) {
    form.dataset.swap = "#inbox";
    toast.append(form);
  }
  clearTimeout(timer);
  timer = setTimeout(() => toast.remove(), STAY);
}

export function undo() {
  const form = document.querySelector("[data-undo]");
  if (form) form.requestSubmit();
  const toast = form && form.closest(".toast");
  if (toast) setTimeout(() => toast.remove(), 0);
}
