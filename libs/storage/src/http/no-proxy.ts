import { BlockList, isIP } from "node:net";

/** Whether a URL's host is to be asked without a proxy. */
type Exempts = (host: string, port: string) => boolean;

/**
 * Whether `NO_PROXY` exempts a URL. Its entries, between commas or spaces, are `*` for every host, `host` or `.host` for
 * a host and all below it, an address, a network like `10.0.0.0/8`, and any of the named ones with `:port`.
 */
export function isExempt(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => readEntry(entry)(host, port));
}

function readEntry(entry: string): Exempts {
  if (entry === "*") return () => true;
  const [, network, bits] = /^([0-9a-f.:[\]]+)\/(\d{1,3})$/i.exec(entry) ?? [];
  if (network !== undefined && bits !== undefined) return inNetwork(bare(network), Number(bits));
  // `::1` has colons that begin no port.
  const [, name = entry, port] = isIP(entry) === 6 ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  const wanted = bare(name);
  return (host, ofUrl) => {
    if (port !== undefined && port !== ofUrl) return false;
    if (wanted === "") return false;
    return host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`));
  };
}

function inNetwork(network: string, bits: number): Exempts {
  const version = isIP(network);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return () => false;
  const list = new BlockList();
  list.addSubnet(network, bits, version === 4 ? "ipv4" : "ipv6");
  return (host) => isIP(host) === version && list.check(host, version === 4 ? "ipv4" : "ipv6");
}

/** A name in small letters, without the brackets of IPv6, the dot before it or the root's dot behind it. */
function bare(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/^\*?\.|\.$/g, "");
}
