import { type RefObject, useLayoutEffect, useState } from "react";

/** The width of an element in pixels, as it is now; `first` until it is known. It appears with `since`, if not at once. */
export function useWidth(
  element: RefObject<HTMLElement | null>,
  first: number,
  since?: unknown,
): number {
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const take = (): void => setWidth(Math.max(160, Math.round(current.clientWidth)));
    take();
    const observer = new ResizeObserver(take);
    observer.observe(current);
    return () => observer.disconnect();
  }, [element, since]);
  return width;
}
