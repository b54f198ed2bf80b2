import { bytesText } from "../text/quantity.ts";

/** What one line of progress says. */
export interface BarState {
  readonly label: string;
  readonly bytes: number;
  readonly size: number | undefined;
  readonly bytesPerSecond: number | undefined;
}

/** `0:07`, `12:30`, `1:02:03`. */
export function clockText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  const rest = two(whole % 60);
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

/** Seconds that the rest needs at this speed; undefined where it cannot be told. */
export function secondsLeft(state: Omit<BarState, "label">): number | undefined {
  const { bytes, size, bytesPerSecond } = state;
  if (size === undefined || !bytesPerSecond || bytesPerSecond < 1) return undefined;
  return Math.max(0, size - bytes) / bytesPerSecond;
}

const fit = (text: string, width: number): string =>
  text.length <= width ? text.padEnd(width) : `${text.slice(0, Math.max(0, width - 1))}…`;

/** One line of at most `columns - 1` characters: label, bar, amounts, speed and time left, as far as there is room. */
export function barLine(state: BarState, columns: number, labelWidth: number): string {
  const room = columns - 1;
  const left = secondsLeft(state);
  const amounts =
    state.size === undefined
      ? bytesText(state.bytes)
      : `${bytesText(state.bytes)} of ${bytesText(state.size)}`;
  const speed = state.bytesPerSecond === undefined ? "" : `${bytesText(state.bytesPerSecond)}/s`;
  const label = fit(state.label, Math.max(8, Math.min(labelWidth, room - 30)));
  const facts = `${amounts.padStart(20)}  ${speed.padStart(9)}  ${(left === undefined ? "" : clockText(left)).padStart(7)}`;
  const barWidth = Math.min(24, room - label.length - facts.length - 8);
  if (state.size === undefined || barWidth < 6) return `${label} ${facts.trim()}`.slice(0, room);
  const share = state.size === 0 ? 1 : Math.min(1, Math.max(0, state.bytes / state.size));
  const filled = Math.floor(share * barWidth);
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  return `${label} ${bar} ${percent} ${facts}`.slice(0, room);
}
