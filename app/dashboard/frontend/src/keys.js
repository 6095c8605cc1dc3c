// Keys for those who triage all day. None acts while somebody types, composes, or has switched them off (WCAG 2.1.4).

import { nextTheme } from "./theme.js";
import { undo } from "./toast.js";

const PLACES = { b: "/", i: "/alerts", t: "/trends", w: "/watches", s: "/sources", r: "/receivers" };
let chosen = null;
let waitsForPlace = false;

export function listenToKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest && event.target.closest("[data-row]");
    if (row) mark(row);
  });
  document.addEventListener("rowschange", (event) => choose(event.detail.place));
}

function onKey(event) {
  if (event.key === "Escape") return close(event);
  if (document.body.dataset.keys === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (waitsForPlace) {
    waitsForPlace = false;
    const path = PLACES[event.key];
    if (path) {
      event.preventDefault();
      location.assign(path);
    }
    return;
  }
  const act = ACTS[event.key];
  if (act && act(event) !== false) event.preventDefault();
}

function isTyping(target) {
  return target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}

const rows = () => [...document.querySelectorAll("[data-row]")];

function mark(row) {
  if (chosen && chosen !== row) chosen.classList.remove("is-chosen");
  chosen = row;
  row.classList.add("is-chosen");
}

function choose(place) {
  const all = rows();
  const row = all[Math.max(0, Math.min(place, all.length - 1))];
  if (!row) return;
  mark(row);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const place = chosen && chosen.isConnected ? all.indexOf(chosen) : -1;
  choose(place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step);
  return true;
}

const current = () => (chosen && chosen.isConnected ? chosen : null) || document.querySelector("[data-actions]");

function press(selector) {
  const row = current();
  const form = row && row.querySelector(selector);
  if (!form) return false;
  form.requestSubmit();
  return true;
}

function follow(selector, isNewTab) {
  const row = current();
  const link = row && row.querySelector(selector);
  if (!link) return false;
  if (isNewTab) window.open(link.href, "_blank", "noopener,noreferrer");
  else location.assign(link.href);
  return true;
}

function openDismissal(reason) {
  const row = current();
  const details = row && row.querySelector("[data-dismiss]");
  if (!details) return false;
  const form = details.querySelector("form");
  if (reason) {
    form.querySelector(`[value=${reason}]`).checked = true;
    form.requestSubmit();
    return true;
  }
  details.open = true;
  form.querySelector("input[type=radio]:checked, input[type=radio]").focus();
  return true;
}

function close(event) {
  const dialog = document.querySelector("dialog[open]");
  if (dialog) return;
  const details = event.target.closest && event.target.closest("[data-dismiss][open]");
  const open = details || document.querySelector("[data-dismiss][open]");
  if (open) {
    open.open = false;
    (open.closest("[data-row]") || open.querySelector("summary")).focus();
  }
}

function search() {
  const field = document.querySelector("input[type=search]");
  if (field) field.focus();
  else location.assign("/signals");
}

function help() {
  const table = document.querySelector("dl.keys");
  if (location.pathname === "/help" && table) table.scrollIntoView();
  else location.assign("/help");
}

function enter(event) {
  return event.target.closest("a, button, summary, input, label") ? false : follow("[data-open]");
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: (event) => (event.target.closest("[data-row]") && !event.target.matches("input") ? move(1) : false),
  ArrowUp: (event) => (event.target.closest("[data-row]") && !event.target.matches("input") ? move(-1) : false),
  Enter: enter,
  o: () => follow("[data-open]"),
  v: () => follow("[data-original]", true),
  1: () => press("[data-action=acknowledge]"),
  2: () => openDismissal("duplicate"),
  3: () => openDismissal(""),
  4: () => press("[data-action=handle]"),
  z: () => undo(),
  g: () => {
    waitsForPlace = true;
    setTimeout(() => (waitsForPlace = false), 1500);
  },
  t: () => nextTheme(),
  "/": () => search(),
  "?": () => help(),
};
