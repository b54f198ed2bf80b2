import { isUtf8 } from "node:buffer";
import type { UploadAnswer } from "@plimsoll/api";
import type { FastifyInstance } from "fastify";
import { clientGone } from "../answer/client-gone.ts";
import { readForm } from "../answer/form.ts";
import type { Context } from "../context.ts";
import { ServerError } from "../error.ts";
import { mediaKind } from "../limits/media-kind.ts";
import { reserveBody } from "../limits/reserve-body.ts";
import { modelNameIn } from "./model-param.ts";
import { trainingOf } from "./training-of.ts";

/** `POST /upload`: a labelled sample. Its bytes are checked by the first of them before anyone else sees them. */
export function sampleRoutes(scope: FastifyInstance, context: Context): void {
  const { limits, now } = context;
  const onRequest = reserveBody(context, limits.fileBytes + 64 * 1024);

  scope.post("/upload", { onRequest }, async (request, reply): Promise<UploadAnswer> => {
    const training = trainingOf(context);
    const { bytes, fileName, fields } = await readForm(request, {
      file: "file",
      fields: ["class_name", "model"],
      maxBytes: limits.fileBytes,
    });
    const className = fields.get("class_name");
    if (className === undefined || className.length > 100) {
      throw new ServerError("E_USAGE", 400, "class_name: 1 to 100 characters are wanted");
    }
    // A text has no first bytes of its own; what it may be is the pipeline's to say.
    if (!isUtf8(bytes)) mediaKind(bytes, limits.pixels);
    const model = fields.get("model");
    const stored = await training.upload({
      ...(model !== undefined && { model: modelNameIn(model) }),
      className,
      bytes,
      ...(fileName !== undefined && { fileName }),
      from: request.ip,
      signal: clientGone(reply),
    });
    return {
      success: true,
      message:
        stored.quarantined === undefined
          ? "File uploaded successfully"
          : `File uploaded; a person looks at it first: ${stored.quarantined}`,
      file_path: stored.path,
      class: stored.class,
      s3_uploaded: stored.stored,
      ...(stored.duplicate !== undefined && { duplicate: stored.duplicate }),
      ...(stored.quarantined !== undefined && { quarantined: stored.quarantined }),
      timestamp: new Date(now()).toISOString(),
    };
  });
}
