import type { S3Context } from "./s3-context.ts";
import { s3Code } from "./s3-error.ts";

const tries = 5;

/**
 * Runs a conditional write again while the host answers 409 ConditionalRequestConflict: neither won nor lost, another
 * write of the key was under way. The SDK does not retry that one.
 */
export async function retryConflict<T>(
  { driver }: Pick<S3Context, "driver">,
  signal: AbortSignal | undefined,
  write: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const isConflict = ["ConditionalRequestConflict", "OperationAborted"].includes(s3Code(error));
      if (!isConflict || attempt === tries) throw error;
      await driver.sleep(100 * 2 ** attempt * driver.random(), signal);
    }
  }
}
