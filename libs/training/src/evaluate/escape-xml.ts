/** Text that is safe inside XML: markup escaped, control characters replaced. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
