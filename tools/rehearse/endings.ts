/** What is rehearsed to go wrong. */
export type Break = "tag" | "smoke" | "approval" | "finish" | "deploy" | "watch" | "again";

/** How a rehearsal must end. */
export interface Ending {
  /** The job that fails, if one does. */
  readonly failed: string | undefined;
  /** Which version production answers with. */
  readonly serves: "old" | "new";
  /** Whether people can see the new version on the hosts. */
  readonly isPublic: boolean;
  readonly says: string;
}

export const untroubled: Ending = {
  failed: undefined,
  serves: "new",
  isPublic: true,
  says: "released and deployed",
};

export const endings: Readonly<Record<Break, Ending>> = {
  tag: {
    failed: "build",
    serves: "old",
    isPublic: false,
    says: "the tag released nothing, and did nothing",
  },
  smoke: { failed: "staging", serves: "old", isPublic: false, says: "nothing was published" },
  approval: { failed: "publish", serves: "old", isPublic: false, says: "nothing was published" },
  // Run again, it goes on where it stood.
  finish: { ...untroubled, says: "published by the second attempt, and deployed" },
  deploy: { failed: "deploy", serves: "old", isPublic: true, says: "rolled back" },
  watch: { failed: "deploy", serves: "old", isPublic: true, says: "rolled back" },
  again: { ...untroubled, says: "the second run of the same tag changed nothing" },
};

/** A name that Git takes for a tag, and a shell for a command. */
export const evilTag = 'weights-v1.1.0"$(touch${IFS}pwned)`touch${IFS}pwned`;touch${IFS}pwned';
