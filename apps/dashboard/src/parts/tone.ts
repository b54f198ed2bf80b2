/** What a colour says. The words beside it always say the same: colour is never alone. */
export type Tone = "neutral" | "good" | "warn" | "bad" | "accent";
