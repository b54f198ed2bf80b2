/** Why a page got no camera or microphone, and what to do about it. `reason` is what `getUserMedia` threw. */
export function mediaRefusal(
  device: "camera" | "microphone",
  reason: unknown,
  isSecure: boolean,
): string {
  if (!isSecure) {
    return `Browsers give a ${device} only to pages over HTTPS or on localhost: open this one so, or choose a file.`;
  }
  switch ((reason as { readonly name?: unknown } | undefined)?.name) {
    case "NotAllowedError":
      return `This page may not use the ${device}: allow it in the browser’s settings of this site, or choose a file.`;
    case "NotFoundError":
    case "OverconstrainedError":
      return `This machine has no ${device}: choose a file.`;
    case "NotSupportedError":
      return `This browser gives no page a ${device}: choose a file.`;
    case "NotReadableError":
      return `The ${device} is in use by another program: close that, or choose a file.`;
    default:
      return `The ${device} gave nothing that can be used: try again, or choose a file.`;
  }
}
