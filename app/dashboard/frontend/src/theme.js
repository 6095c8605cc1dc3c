// Light, dark or as the system: kept in a cookie, so that the server draws the next page right at once.

const ORDER = { system: "dark", dark: "light", light: "system" };
const YEAR = 365 * 24 * 3600;

export function enhanceTheme() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-form]")) return;
    event.preventDefault();
    nextTheme();
  });
}

export function nextTheme() {
  const root = document.documentElement;
  const theme = ORDER[root.dataset.theme] || "dark";
  root.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
  const button = document.querySelector("[data-theme-form] button");
  if (button) button.value = ORDER[theme];
  for (const name of document.querySelectorAll("[data-theme-name]")) {
    name.textContent = theme === "system" ? "as the system" : theme;
  }
  document.dispatchEvent(new Event("themechange"));
}
