// Light and dark: the system's choice, until the button is pressed.

const KEY = "w2vfast-theme";

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is blocked: the choice lasts as long as the page
  }
}

function store(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch { /* see stored() */ }
}

/** Let a button switch the theme; call `changed` after each change. */
export function startTheme(button, changed) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = stored();
  const apply = () => {
    const theme = chosen ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
    changed();
  };
  button.addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    store(chosen);
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}
