/** Ends a tool that failed with one line, `<tool>: E_… message`, and exit code 1. */
export function complain(tool: string, error: unknown): void {
  const { code, message } = error as Error & { readonly code?: string };
  console.error(`${tool}: ${code?.startsWith("E_") ? `${code} ` : ""}${message}`);
  process.exitCode = 1;
}
