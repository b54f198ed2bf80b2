import { useSyncExternalStore } from "react";
import { type Access, accessStore } from "./access.ts";

/** What opens the closed routes, as it is now. */
export function useAccess(): Access {
  return useSyncExternalStore(accessStore.subscribe, accessStore.get);
}
