/** Where the page is: kept behind `#`, so that every address is the one page that the server has at `/`. */
export type Route =
  | { readonly page: "models" }
  | { readonly page: "model"; readonly model: string }
  | { readonly page: "try"; readonly model?: string }
  | { readonly page: "training"; readonly model?: string }
  | { readonly page: "run"; readonly run: string }
  | { readonly page: "sync" }
  | { readonly page: "system" };

/** Reads what stands behind `#`; what is not known leads to the list of models. */
export function parseRoute(hash: string): Route {
  const [page = "", first] = hash
    .replace(/^#?\/?/, "")
    .split("/")
    .map(decode);
  switch (page) {
    case "models":
      return first ? { page: "model", model: first } : { page: "models" };
    case "try":
      return { page, ...(first ? { model: first } : {}) };
    case "training":
      return { page, ...(first ? { model: first } : {}) };
    case "runs":
      return first ? { page: "run", run: first } : { page: "training" };
    case "sync":
    case "system":
      return { page };
    default:
      return { page: "models" };
  }
}

/** The address of a route. */
export function href(route: Route): string {
  const part = (name: string, value?: string): string =>
    value === undefined ? `#/${name}` : `#/${name}/${encodeURIComponent(value)}`;
  switch (route.page) {
    case "model":
      return part("models", route.model);
    case "try":
      return part("try", route.model);
    case "training":
      return part("training", route.model);
    case "run":
      return part("runs", route.run);
    default:
      return part(route.page);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
