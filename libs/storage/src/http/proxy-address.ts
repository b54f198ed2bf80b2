import { StorageError } from "../error.ts";
import { isExempt } from "./no-proxy.ts";
import { isLoopback } from "./web-address.ts";

/** A proxy that requests go through. */
export interface ProxyAddress {
  /** Of the proxy, without user and password. */
  readonly url: URL;
  /** Its origin and the variable that names it, for messages. */
  readonly label: string;
  /** Value of `Proxy-Authorization`; a secret. */
  readonly authorization: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy of the environment for a URL, or undefined: `HTTPS_PROXY` for https, `HTTP_PROXY` for http, else `ALL_PROXY`,
 * in small letters first, unless `NO_PROXY` exempts its host; as curl reads them. This machine itself is asked directly
 * unless `loopback` is set. `HTTP_PROXY` in capitals is not believed in a CGI program, where a client can set it
 * (CVE-2016-5385). Throws `E_USAGE`, without the value, for a variable that holds no `http://` or `https://` proxy.
 */
export function proxyFor(
  url: URL,
  env: Environment,
  { loopback = false }: { readonly loopback?: boolean } = {},
): ProxyAddress | undefined {
  if (!loopback && isLoopback(url.hostname)) return undefined;
  const scheme = url.protocol.slice(0, -1);
  const isCgi = scheme === "http" && env["REQUEST_METHOD"] !== undefined;
  const names = [`${scheme}_proxy`, ...(isCgi ? [] : [`${scheme.toUpperCase()}_PROXY`])];
  // An empty variable turns the proxy off, those behind it included.
  const name = [...names, "all_proxy", "ALL_PROXY"].find((each) => env[each] !== undefined);
  const value = name === undefined ? undefined : env[name]?.trim();
  if (name === undefined || value === undefined || value === "") return undefined;
  if (isExempt(url, env["no_proxy"] ?? env["NO_PROXY"] ?? "")) return undefined;
  return readProxy(value, name);
}

function readProxy(value: string, name: string): ProxyAddress {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    const what = url === undefined ? "" : `; ${url.protocol}// is not spoken`;
    const way = `set it to http://host:port or unset it`;
    throw new StorageError("E_USAGE", `${name}: names no proxy of HTTP${what}: ${way}`);
  }
  const { username, password } = url;
  const authorization =
    username === "" && password === ""
      ? undefined
      : `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64")}`;
  const plain = new URL(url.origin);
  return { url: plain, label: `${plain.origin} (${name})`, authorization };
}

/** A password may hold a bare percent sign, which people forget to encode. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
