export { fakeGithub, type FakeGithub, type FakeGithubOptions } from "./github/fake-github.ts";
export type { GithubFault, GithubScript } from "./github/github-fault.ts";
export type { GithubAsset, GithubRelease, GithubRepository } from "./github/github-model.ts";
export type { GithubRequest } from "./github/github-request.ts";
export type { ServedFile } from "./http/answer.ts";
export type { Fault } from "./http/fault.ts";
export {
  faultyServer,
  type FaultyServer,
  type FaultyServerOptions,
  type LoggedRequest,
  type Script,
} from "./http/faulty-server.ts";
export {
  forwardProxy,
  type ForwardProxy,
  type ForwardProxyOptions,
  type ProxiedRequest,
} from "./http/forward-proxy.ts";
export { selfSigned, type Certificate } from "./http/self-signed.ts";
export { mutate, seededRandom } from "./mutate.ts";
export { fakeS3, type FakeS3, type FakeS3Options } from "./s3/fake-s3.ts";
export type { S3Fault, S3Script } from "./s3/s3-fault.ts";
export {
  ceph16Powers,
  fullPowers,
  noPowers,
  type S3Object,
  type S3Powers,
  type S3Upload,
} from "./s3/s3-model.ts";
export type { S3Request } from "./s3/s3-request.ts";
export { fakeSigstore, type FakeAttestation, type FakeSigstore } from "./sigstore/fake-sigstore.ts";
export { tempDir, type TempDir } from "./temp-dir.ts";
export { fakeGcs, type FakeGcs } from "./gcs/fake-gcs.ts";
export {
  fakeHuggingFace,
  type FakeHuggingFace,
  type FakeHuggingFaceOptions,
} from "./huggingface/fake-huggingface.ts";
export type { HubFault, HubRequest, HubScript } from "./huggingface/hub-fault.ts";
export { madePicture, type PictureClass, pictureClasses } from "./media/made-picture.ts";
export { madeSound, type SoundClass, soundClasses } from "./media/made-sound.ts";
export { madeText, type TextClass, textClasses } from "./media/made-text.ts";
export { pngFile } from "./media/png-file.ts";
export { wavFile } from "./media/wav-file.ts";
