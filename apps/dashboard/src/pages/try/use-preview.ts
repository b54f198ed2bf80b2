import { useEffect, useState } from "react";
import type { TryInput } from "./ask.ts";

/** An address of the file in this browser, let go when it is not shown any more. */
export function usePreview(input: TryInput): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (input.kind !== "file") return;
    const made = URL.createObjectURL(input.file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [input]);
  return url;
}
