import { printable } from "@plimsoll/manifest";
import { PipelineError } from "../error.ts";

const form = /^[A-Za-z0-9][A-Za-z0-9._+@-]{0,63}$/;

/**
 * A class as it is stored: spaces become `_`, and the rest must be a segment of a store's key, which leaves no room for
 * paths, formulas or markup (row V18). Throws `E_CLASS` for anything else.
 */
export function className(text: string): string {
  const name = text.trim().replace(/\s+/g, "_");
  if (form.test(name) && !name.endsWith(".")) return name;
  throw new PipelineError(
    "E_CLASS",
    `"${printable(text, 80)}" is no class name: a letter or digit first, then at most 63 of A-Z a-z 0-9 . _ + @ -`,
  );
}
