import type { ChannelAnswer } from "@plimsoll/api";
import type { ReactNode } from "react";
import { ActionDialog, type Preview } from "./action-dialog.tsx";

interface ChannelPreview extends Preview {
  readonly from: string | null;
}

/** What moves a channel: asked without moving anything first, then only if the channel still names what was shown. */
export function ChannelDialog(props: {
  readonly title: string;
  readonly verb: string;
  readonly danger?: boolean;
  readonly ready: boolean;
  /** Asks the server, with these fields besides what was chosen. */
  readonly ask: (
    extra: { readonly dryRun: true } | { readonly expect: string },
  ) => Promise<ChannelAnswer>;
  /** What the move is, in words. */
  readonly says: (answer: ChannelAnswer) => string;
  /** Where the server gives no reason. */
  readonly refusal: string;
  /** What a failed move really was. */
  readonly explain?: (error: unknown, from: string | null) => Promise<unknown>;
  readonly children: ReactNode;
  readonly onClose: () => void;
}): ReactNode {
  const { ask, says, refusal, explain, children, ...frame } = props;
  return (
    <ActionDialog<ChannelPreview>
      {...frame}
      look={async () => {
        const answer = await ask({ dryRun: true });
        return {
          from: answer.from,
          sentences: [says(answer), answer.message],
          ...(answer.allowed ? {} : { blocked: answer.reason ?? refusal }),
        };
      }}
      act={async ({ from }) => {
        try {
          // The channel must still name what was shown: else somebody else was faster.
          return [(await ask({ expect: from ?? "none" })).message];
        } catch (error) {
          throw explain ? await explain(error, from) : error;
        }
      }}
    >
      {children}
    </ActionDialog>
  );
}
