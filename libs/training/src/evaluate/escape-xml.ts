import { printable } from "@plimsoll/manifest";

/** Text that is safe inside XML: markup and control characters escaped. */
export function escapeXml(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
