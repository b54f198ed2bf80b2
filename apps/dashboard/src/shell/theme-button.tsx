import { type ReactNode, useState } from "react";
import { Icon, type IconName } from "../parts/icon.tsx";
import { applyTheme, readTheme, type Theme } from "../theme.ts";

const next: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const labels: Record<Theme, string> = {
  system: "System theme",
  light: "Light theme",
  dark: "Dark theme",
};
const icons: Record<Theme, IconName> = { system: "screen", light: "sun", dark: "moon" };

/** Goes round: what the system wants, light, dark. */
export function ThemeButton(): ReactNode {
  const [theme, setTheme] = useState(readTheme);
  return (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      aria-label={`Theme: ${labels[theme]}. Change it`}
      onClick={() => {
        applyTheme(next[theme]);
        setTheme(next[theme]);
      }}
    >
      <Icon name={icons[theme]} />
      <span className="button-label">{labels[theme]}</span>
    </button>
  );
}
