import { attempt, orAbsent, untilAborted } from "./attempt.ts";
import {
  expectToken,
  home,
  versionName,
  type Asset,
  type GithubContext,
  type Release,
  type ReleaseView,
} from "./github-context.ts";
import { keyOf, readTag, tagsOf, type VersionId } from "./place.ts";
import { holds, modelOf, titleOf } from "./release-model.ts";

/** A release that is answered with fewer assets has them all. */
const embeddedAssets = 30;

/**
 * The release of a version with its assets, as this store may see it: what is published, what it writes itself, and with
 * `unpublished` every draft. One look serves all who ask within a moment.
 */
export async function viewRelease(
  context: GithubContext,
  id: VersionId,
  signal?: AbortSignal,
): Promise<ReleaseView | undefined> {
  signal?.throwIfAborted();
  const name = versionName(id);
  const now = context.driver.clock.now();
  let known = context.views.get(name);
  if (known === undefined || now - known.at > context.tuning.viewMs) {
    known = { at: now, view: load(context, id) };
    context.views.set(name, known);
    const mine = known;
    const forget = (): void => {
      if (context.views.get(name) === mine) context.views.delete(name);
    };
    known.view.catch(forget);
  }
  return untilAborted(known.view, signal);
}

/** Makes the next look a new one. */
export function forgetView(context: GithubContext, id: VersionId): void {
  context.views.delete(versionName(id));
}

/** The release to write a version into: the published one, else the oldest draft, else a new draft. */
export async function openRelease(
  context: GithubContext,
  id: VersionId,
  signal?: AbortSignal,
): Promise<Release> {
  expectToken(context, keyOf(id, ""));
  const name = versionName(id);
  let opened = context.opened.get(name);
  if (opened === undefined) {
    opened = findOrCreate(context, id);
    context.opened.set(name, opened);
    forgetView(context, id);
    opened.catch(() => context.opened.delete(name));
  }
  return untilAborted(opened, signal);
}

/** Every release that the token may see, newest first. */
export async function listReleases(
  context: GithubContext,
  key: string,
  signal?: AbortSignal,
): Promise<Release[]> {
  const all: Release[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await attempt(
      context,
      key,
      (request) =>
        context.octokit.rest.repos.listReleases({
          ...home(context),
          per_page: 100,
          page,
          request,
        }),
      { signal },
    );
    all.push(...data);
    if (data.length < 100) return all;
  }
}

/** Every asset of a release, asked for anew. */
export async function listAssets(
  context: GithubContext,
  release: Pick<Release, "id">,
  key: string,
  signal?: AbortSignal,
): Promise<Asset[]> {
  const all: Asset[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await attempt(
      context,
      key,
      (request) =>
        context.octokit.rest.repos.listReleaseAssets({
          ...home(context),
          release_id: release.id,
          per_page: 100,
          page,
          request,
        }),
      { signal },
    );
    all.push(...data);
    if (data.length < 100) return all;
  }
}

/** The release with the assets that came with it, or all of them where those may not be all. */
export async function withAssets(
  context: GithubContext,
  release: Release,
  key: string,
): Promise<ReleaseView> {
  if (release.assets.length < embeddedAssets) return { release, assets: release.assets };
  return { release, assets: await listAssets(context, release, key) };
}

async function load(context: GithubContext, id: VersionId): Promise<ReleaseView | undefined> {
  const key = keyOf(id, "");
  const opened = await context.opened.get(versionName(id))?.catch(() => undefined);
  if (opened !== undefined) {
    const call = context.octokit.rest.repos.getRelease;
    const found = await orAbsent(
      attempt(context, key, (request) =>
        call({ ...home(context), release_id: opened.id, request }),
      ),
    );
    if (found !== undefined) return withAssets(context, found.data, key);
    context.opened.delete(versionName(id));
  }
  const release =
    (await findPublished(context, id)) ??
    (context.driver.unpublished === true && context.settings.token !== undefined
      ? oldestDraft(await listReleases(context, key), id)
      : undefined);
  return release === undefined ? undefined : withAssets(context, release, key);
}

/** The published release of a version. Drafts are not found by their tag. */
export async function findPublished(
  context: GithubContext,
  id: VersionId,
): Promise<Release | undefined> {
  for (const tag of tagsOf(id)) {
    const found = await releaseByTag(context, tag, keyOf(id, ""));
    if (found !== undefined && holds(found, id)) return found;
  }
  return undefined;
}

/** The published release of a tag. */
export async function releaseByTag(
  context: GithubContext,
  tag: string,
  key: string,
  signal?: AbortSignal,
): Promise<Release | undefined> {
  const call = context.octokit.rest.repos.getReleaseByTag;
  const found = await orAbsent(
    attempt(context, key, (request) => call({ ...home(context), tag, request }), { signal }),
  );
  return found?.data;
}

async function findOrCreate(context: GithubContext, id: VersionId): Promise<Release> {
  const key = keyOf(id, "");
  const published = await findPublished(context, id);
  if (published !== undefined) return published;
  const before = await listReleases(context, key);
  const draft = oldestDraft(before, id);
  if (draft !== undefined) return draft;
  const { data: created } = await attempt(context, key, (request) =>
    context.octokit.rest.repos.createRelease({
      ...home(context),
      tag_name: tagFor(context, id, before),
      name: titleOf(id),
      draft: true,
      // Never what GitHub calls the latest release.
      prerelease: /^v\d+\.\d+\.\d+-/.test(id.version),
      request,
    }),
  );
  // Two publishers at once have made two drafts: both go on with the older one (row S1).
  const oldest = oldestDraft([...(await listReleases(context, key)), created], id) ?? created;
  if (oldest.id !== created.id) await deleteRelease(context, created, key);
  return oldest;
}

/** Removes a release; one that is gone is no error. */
export async function deleteRelease(
  context: GithubContext,
  release: Pick<Release, "id">,
  key: string,
): Promise<void> {
  const call = context.octokit.rest.repos.deleteRelease;
  await orAbsent(
    attempt(context, key, (request) => call({ ...home(context), release_id: release.id, request })),
  );
}

function oldestDraft(releases: readonly Release[], id: VersionId): Release | undefined {
  const [first] = releases
    .filter((release) => release.draft && holds(release, id))
    .sort((a, b) => a.id - b.id);
  return first;
}

/** The tag of a new version: see `TagForm`. */
function tagFor({ settings }: GithubContext, id: VersionId, releases: readonly Release[]): string {
  const [long, short] = tagsOf(id);
  if (settings.tags !== "auto") return settings.tags === "model" ? long : short;
  const isShared = releases.some((release) => {
    const tag = readTag(release.tag_name);
    return tag?.model !== undefined || (tag && (modelOf(release) ?? id.model) !== id.model);
  });
  return isShared ? long : short;
}
