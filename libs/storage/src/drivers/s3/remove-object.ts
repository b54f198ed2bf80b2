import { DeleteObjectCommand } from "@aws-sdk/client-s3";

import type { CallOptions } from "../../driver.ts";
import { address, attempt, type S3Context } from "./s3-context.ts";

/** Removes an object; in a versioned bucket it is hidden behind a delete marker. An absent one is no error. */
export async function removeObject(
  context: S3Context,
  key: string,
  { signal }: CallOptions = {},
): Promise<void> {
  await attempt(context, key, signal, (call) =>
    context.client.send(new DeleteObjectCommand(address(context, key)), call),
  );
}
