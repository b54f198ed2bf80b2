import { BlockList, isIP } from "node:net";

/** How far an address reaches: the whole net, one's own networks and machine, or only this link (cloud metadata). */
export type Reach = "public" | "private" | "link";

const link = new BlockList();
link.addSubnet("169.254.0.0", 16, "ipv4");
link.addSubnet("fe80::", 10, "ipv6");
link.addAddress("fd00:ec2::254", "ipv6");

/** IANA's special-purpose registries: https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-. */
const local = new BlockList();
for (const [address, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  local.addSubnet(address, prefix, "ipv4");
}
for (const [address, prefix] of [
  ["::", 128],
  ["::1", 128],
  ["fc00::", 7],
  ["ff00::", 8],
] as const) {
  local.addSubnet(address, prefix, "ipv6");
}

/** The reach of an address as a socket tells it or `URL.hostname` spells it; undefined for a name. */
export function reachOf(address: string): Reach | undefined {
  const plain = address.replace(/^\[|\]$|%.*$/g, "");
  const version = isIP(plain);
  if (version === 0) return undefined;
  // An IPv4 address in the clothes of IPv6 is the IPv4 address: mapped (RFC 4291) or translated (RFC 6052).
  const inner = /^(?:::ffff:|64:ff9b::)(.+)$/i.exec(plain)?.[1];
  if (inner !== undefined) return reachOf(dotted(inner));
  const family = version === 4 ? "ipv4" : "ipv6";
  if (link.check(plain, family)) return "link";
  return local.check(plain, family) ? "private" : "public";
}

/** `7f00:1` → `127.0.0.1`. */
function dotted(text: string): string {
  if (isIP(text) === 4) return text;
  const [high = "0", low = "0"] = text.includes(":") ? text.split(":") : ["0", text];
  const number = parseInt(high, 16) * 65_536 + parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}
