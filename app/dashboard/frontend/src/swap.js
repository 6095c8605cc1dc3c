// Changes without a reload: a form is sent, and one part of the page that answers takes the place of ours.
// The answer is parsed by the browser into a document without script (XMLHttpRequest, responseType "document"):
// no text ever becomes HTML by our hand, which is what require-trusted-types-for guards.

import { say } from "./toast.js";

export function fetchPage(address, body = null) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(body ? "POST" : "GET", address);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    if (body) request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
    request.onload = () => resolve({ status: request.status, page: request.response, address: request.responseURL });
    request.onerror = () => reject(new Error("The server does not answer."));
    request.send(body ? body.toString() : null);
  });
}

export function takeOver(page, selector) {
  const ours = document.querySelector(selector);
  const theirs = page && page.querySelector(selector);
  if (!ours || !theirs) return false;
  ours.replaceWith(document.importNode(theirs, true));
  for (const badge of [".nav", "#hearing"]) {
    const fresh = page.querySelector(badge);
    const stale = document.querySelector(badge);
    if (fresh && stale) stale.replaceWith(document.importNode(fresh, true));
  }
  if (page.body.dataset.position) document.body.dataset.position = page.body.dataset.position;
  return true;
}

export async function refresh(selector) {
  try {
    const { status, page } = await fetchPage(location.href);
    if (status === 200) takeOver(page, selector);
  } catch (error) {
    say(error.message);
  }
}

export function enhanceForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const selector = form.dataset && form.dataset.swap;
    if (!selector || !document.querySelector(selector)) return;
    event.preventDefault();
    send(form, selector, event.submitter);
  });
}

async function send(form, selector, submitter) {
  const row = form.closest("[data-row]");
  const place = row ? [...document.querySelectorAll("[data-row]")].indexOf(row) : -1;
  if (row) row.setAttribute("aria-busy", "true");
  try {
    const { status, page, address } = await fetchPage(form.action, new URLSearchParams(new FormData(form, submitter)));
    if (status >= 400) {
      const told = page && page.querySelector("[data-error]");
      say(told ? told.textContent : "It was refused.");
      await refresh(selector);
    } else if (!takeOver(page, selector)) {
      location.assign(address);
      return;
    } else {
      tell(page);
    }
  } catch (error) {
    if (row) row.removeAttribute("aria-busy");
    say(error.message);
  }
  document.dispatchEvent(new CustomEvent("rowschange", { detail: { place } }));
}

function tell(page) {
  const said = page.querySelector("#said");
  if (!said) return;
  const undo = said.querySelector("[data-undo]");
  say(said.querySelector("span").textContent, undo && document.importNode(undo, true));
}
