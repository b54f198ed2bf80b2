export type Theme = "system" | "light" | "dark";

const key = "plimsoll.theme";

/** The theme that was chosen on this machine; what the system wants, where none was. */
export function readTheme(): Theme {
  try {
    const value = localStorage.getItem(key);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    // A browser may forbid storage: the choice then lasts as long as the page.
    return "system";
  }
}

/** Shows the page in a theme and remembers it. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // As above.
  }
}
