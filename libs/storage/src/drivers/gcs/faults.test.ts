import { createHash, createVerify, generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fakeGcs, tempDir, type FakeGcs } from "@plimsoll/testing";

import { bytesSource } from "../../bytes-source.ts";
import type { Driver } from "../../driver.ts";
import { openStore } from "../../open-store.ts";

let server: FakeGcs;
const open = (env: Record<string, string> = {}): Promise<Driver> =>
  openStore(`gs://weights/p?endpoint=${server.endpoint}`, { env });

beforeEach(async () => {
  server = await fakeGcs("weights");
});
afterEach(() => server.close());

test("a resumable upload goes on where the host stopped listening", async () => {
  const bytes = randomBytes(20 * 2 ** 20);
  let refusals = 0;
  server.intercept = ({ method, url, headers }, response) => {
    const isSecond = headers["content-range"]?.startsWith("bytes 8388608-") === true;
    if (method !== "PUT" || url?.includes("upload_id") !== true || !isSecond || refusals > 0) {
      return false;
    }
    refusals += 1;
    response.writeHead(503).end();
    return true;
  };
  const driver = await open();
  const stat = await driver.write("a/b.bin", bytesSource(bytes, "b.bin"));
  expect(refusals).toBe(1);
  expect(stat.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(server.objects.find("p/a/b.bin").bytes.equals(bytes)).toBe(true);
}, 180_000);

test.each([
  [401, "E_AUTH", "GOOGLE_APPLICATION_CREDENTIALS"],
  [403, "E_AUTH", "lacks the right"],
])("status %d is %s and says the way out", async (status, code, text) => {
  server.intercept = (_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code: status, message: "no" } }));
    return true;
  };
  const driver = await open();
  const refused = expect.objectContaining({ code, message: expect.stringContaining(text) });
  await expect(driver.stat("a/b.bin")).rejects.toEqual(refused);
  await expect(driver.write("a/b.bin", bytesSource(Buffer.from("x"), "x"))).rejects.toEqual(
    refused,
  );
});

test("another bucket is not found", async () => {
  const driver = await openStore(`gs://nothing/p?endpoint=${server.endpoint}`, { env: {} });
  await expect(driver.read("a.bin")).rejects.toMatchObject({ code: "E_NOT_FOUND" });
});

test("a signed URL carries a signature of the account's key over its path and its life", async () => {
  const dir = await tempDir();
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await writeFile(
    dir.join("key.json"),
    JSON.stringify({
      type: "service_account",
      client_email: "publisher@example.invalid",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    }),
  );
  const driver = await open({ GOOGLE_APPLICATION_CREDENTIALS: dir.join("key.json") });
  const { url, headers } = (await driver.presign?.("a/b.bin", { expiresInSeconds: 600 })) ?? {
    url: "",
    headers: undefined,
  };
  expect(headers).toEqual({});
  const { pathname, hostname, searchParams } = new URL(url);
  expect(searchParams.get("X-Goog-Expires")).toBe("600");
  const signature = Buffer.from(searchParams.get("X-Goog-Signature") ?? "", "hex");
  searchParams.delete("X-Goog-Signature");
  searchParams.sort();
  const query = searchParams.toString();
  const canonical = ["GET", pathname, query, `host:${hostname}\n`, "host", "UNSIGNED-PAYLOAD"].join(
    "\n",
  );
  const date = searchParams.get("X-Goog-Date") ?? "";
  const scope = (searchParams.get("X-Goog-Credential") ?? "").split("/").slice(1).join("/");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const signed = ["GOOG4-RSA-SHA256", date, scope, digest].join("\n");
  expect(createVerify("sha256").update(signed).verify(publicKey, signature)).toBe(true);
  await expect(driver.presign?.("a.bin", { expiresInSeconds: 604_801 })).rejects.toMatchObject({
    code: "E_USAGE",
  });
  await dir.remove();
});
