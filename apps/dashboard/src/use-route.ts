import { useSyncExternalStore } from "react";
import { parseRoute, type Route } from "./route.ts";

let hash = "";
let route: Route = { page: "models" };

function current(): Route {
  // The same address gives the same object: React compares by identity.
  if (location.hash !== hash) {
    hash = location.hash;
    route = parseRoute(hash);
  }
  return route;
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

/** The route that the address names. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, current);
}
