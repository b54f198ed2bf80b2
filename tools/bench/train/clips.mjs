/** A process of its own that augments and embeds clips from built code: `clips.mjs <JSON of the job>`. */
import { extractFeatures, readBackbone } from "@plimsoll/training";

const { samples, backbone, copies, cacheDir } = JSON.parse(process.argv[2] ?? "{}");
const { ready } = await extractFeatures({
  samples,
  copies,
  cacheDir,
  seed: 1,
  backbone: await readBackbone(backbone),
});
if (ready.length !== samples.length) throw new Error(`${ready.length} of ${samples.length} clips`);
