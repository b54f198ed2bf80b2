import { printable } from "@plimsoll/manifest";

/** Text from elsewhere as one safe line: line breaks become spaces, everything else unseen is spelled out (row M22). */
export function oneLine(text: string, maxLength = 2_000): string {
  return printable(text.replace(/\s*[\r\n\t]+\s*/g, " "), maxLength);
}
