import { checkName, isDigest } from "@plimsoll/manifest";
import type { Driver, PresignOptions } from "@plimsoll/storage";
import { readRelease, storedName, storeKeys } from "@plimsoll/weights";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { parseModelVersion } from "../model-version.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { parseDuration } from "../text/duration.ts";
import { durationText } from "../text/quantity.ts";
import { withStore } from "../with-store.ts";

interface PresignFlags extends StoreFlags {
  readonly expires: string;
  readonly method: string;
  readonly sha256?: string;
}

/** S3's and Google's own limit. */
const maxSeconds = 7 * 86_400;

function readOptions({ expires, method, sha256 }: PresignFlags): PresignOptions {
  const expiresInSeconds = parseDuration(expires, "--expires");
  if (expiresInSeconds > maxSeconds) {
    throw new CliError("E_USAGE", `--expires ${expires}: a signed URL lives at most 7d`);
  }
  if (method !== "GET" && method !== "PUT") {
    throw new CliError("E_USAGE", `--method ${method}: GET or PUT`);
  }
  if (sha256 !== undefined && method === "GET") {
    throw new CliError("E_USAGE", "--sha256 binds an upload: it goes with --method PUT");
  }
  if (sha256 !== undefined && !isDigest(sha256)) {
    throw new CliError("E_USAGE", `--sha256: 64 lower-case hex digits, as sha256sum prints them`);
  }
  return { method, expiresInSeconds, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** Key of the file; of one to download only where it is there. */
async function keyOf(
  { signal }: Context,
  driver: Driver,
  named: string,
  file: string,
  method: PresignOptions["method"],
): Promise<string> {
  const { model, version } = parseModelVersion(named);
  checkName(file);
  if (method === "PUT") {
    if (version === undefined) {
      throw new CliError("E_USAGE", `${model}: an upload is of one version: ${model}@v1.0.0`);
    }
    return storeKeys.version(model, version) + file;
  }
  const release = await readRelease(driver, model, version, { signal });
  const { weights } = release.manifest.manifest;
  const entry = weights.get(file);
  if (entry === undefined) {
    throw new CliError(
      "E_NOT_FOUND",
      `${model}@${release.version} has no ${file}, only ${[...weights.keys()].join(", ")}`,
    );
  }
  return storeKeys.version(model, release.version) + storedName(file, entry.encoding);
}

export const presign: CommandModule<PresignFlags> = {
  define(command) {
    withStoreFlags(
      command
        .argument("<model@version>", "without a version the one that latest names")
        .argument("<file>", "a name in its manifest")
        .option("--expires <duration>", "90s, 15m, 1h or 7d, which is the most", "1h")
        .option("--method <method>", "GET to download, PUT to upload", "GET")
        .option("--sha256 <digest>", "the only bytes that the upload takes"),
    );
    withExamples(command, [
      ["plimsoll presign yolov8m@v1.0.0 yolov8m.onnx --expires 1h", "a URL that needs no key"],
      [
        'plimsoll presign m@v1.1.0 m.onnx --method PUT --sha256 "$(sha256sum m.onnx | cut -c1-64)"',
        "let somebody upload exactly these bytes",
      ],
    ]);
  },

  async run(context, [named = "", file = ""], flags) {
    const { output, io } = context;
    const options = readOptions(flags);
    return await withStore(context, flags, async (driver) => {
      if (!driver.presign) {
        throw new CliError(
          "E_USAGE",
          `${driver.url}: there are no signed URLs for this kind of store, only for s3:// and gs://`,
        );
      }
      const key = await keyOf(context, driver, named, file, options.method);
      const { url, method, headers } = await driver.presign(key, options);
      const seconds = options.expiresInSeconds;
      const expiresAt = new Date(io.now() + seconds * 1000).toISOString();
      output.line(url);
      if (method === "PUT") {
        const sent = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}' `);
        output.log("info", `upload with: curl -T '${file}' ${sent.join("")}'<the URL>'`);
        if (options.sha256 === undefined)
          output.warn("any bytes can be uploaded with it: --sha256 binds it to those of one file");
      }
      output.log(
        "info",
        `good for ${durationText(seconds * 1000)}; made with temporary credentials it dies with them`,
      );
      output.event({ type: "result", command: "presign", key, url, method, headers, expiresAt });
      return undefined;
    });
  },
};
