import { type ReactNode, useEffect, useState } from "react";
import { RequestProblem } from "../../client/request-problem.ts";
import { duration } from "../../format/duration.ts";
import { Bars } from "../../parts/bars.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { ask, type TryAnswer, type TryInput } from "./ask.ts";
import { BoxesView } from "./boxes-view.tsx";
import { usePreview } from "./use-preview.ts";
import { Waveform } from "./waveform.tsx";

/** One version's answer to an input. It asks by itself when it appears with one; a new input is a new view. */
export function AnswerView(props: {
  readonly title: string;
  readonly model: string;
  readonly task: string | undefined;
  /** Empty: whatever serves. */
  readonly version: string;
  readonly input: TryInput | undefined;
}): ReactNode {
  const { title, model, task, version, input } = props;
  const [answer, setAnswer] = useState<TryAnswer>();
  const [problem, setProblem] = useState<RequestProblem>();

  useEffect(() => {
    if (!input) return;
    setProblem(undefined);
    const abort = new AbortController();
    ask({ model, task, version, input, signal: abort.signal }).then(setAnswer, (error: unknown) => {
      if (abort.signal.aborted) return;
      setProblem(
        error instanceof RequestProblem
          ? error
          : new RequestProblem(0, "E_ANSWER", "The answer could not be read"),
      );
    });
    return () => abort.abort();
  }, [model, task, version, input]);

  return (
    <Card title={title} aside={<AnswerHead answer={answer} waiting={!!input && !problem} />}>
      {problem && <ProblemNotice problem={problem} />}
      {problem?.status === 401 && (
        <p className="small">This server wants an API key: “Unlock” at the side takes it.</p>
      )}
      {input ? (
        <InputAndAnswer input={input} answer={answer} task={task} failed={!!problem} />
      ) : (
        <Empty title="No input yet">
          <p>The answer, its version and its time appear here.</p>
        </Empty>
      )}
    </Card>
  );
}

function AnswerHead(props: {
  readonly answer: TryAnswer | undefined;
  readonly waiting: boolean;
}): ReactNode {
  const { answer, waiting } = props;
  return (
    <p className="answer-head" role="status">
      {answer ? (
        <>
          <span>
            answered by <strong className="mono">{answer.answer.version}</strong>
          </span>
          <span>
            model <strong>{duration(answer.answer.processing_time * 1000)}</strong>
          </span>
          <span>
            round trip <strong>{duration(answer.roundTripMs)}</strong>
          </span>
        </>
      ) : waiting ? (
        "asking…"
      ) : (
        " "
      )}
    </p>
  );
}

function InputAndAnswer(props: {
  readonly input: TryInput;
  readonly answer: TryAnswer | undefined;
  readonly task: string | undefined;
  readonly failed: boolean;
}): ReactNode {
  const { input, answer, task, failed } = props;
  const url = usePreview(input);
  if (input.kind === "file" && task === "object-detection") {
    return (
      <BoxesView
        url={url}
        name={input.file.name}
        answer={answer?.kind === "boxes" ? answer.answer : undefined}
      />
    );
  }
  const sound =
    input.kind === "file" &&
    (task === undefined ? input.file.type.startsWith("audio/") : task === "audio-classification");
  const classes = answer?.kind === "classes" ? answer.answer.all_probabilities : undefined;
  return (
    <div className="try-answer">
      {input.kind === "text" && <blockquote className="quote">{input.text}</blockquote>}
      {sound && input.kind === "file" && <Waveform file={input.file} url={url} />}
      {input.kind === "file" && !sound && url && (
        <div className="picture">
          <span className="picture-frame">
            <img src={url} alt={input.file.name} />
          </span>
        </div>
      )}
      {classes ? (
        <Bars values={classes} />
      ) : (
        !failed && <div className="skeleton try-waiting" aria-hidden="true" />
      )}
    </div>
  );
}
