import type { Driver, openStore } from "@plimsoll/storage";

/** `openStore`, loaded when it is called: a static import of that room is for no file of this one. */
export async function openTestStore(
  url: string,
  options?: Parameters<typeof openStore>[1],
): Promise<Driver> {
  const storage = await import("@plimsoll/storage");
  return await storage.openStore(url, options);
}
