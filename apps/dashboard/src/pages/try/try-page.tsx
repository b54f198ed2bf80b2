import type { ModelDetails, ModelList } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { useLive } from "../../client/use-live.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Field } from "../../parts/field.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { href } from "../../route.ts";
import { tasks } from "../model-words.ts";
import type { TryInput } from "./ask.ts";
import { AnswerView } from "./answer-view.tsx";
import { InputPicker } from "./input-picker.tsx";

/** Gives a picture, a sound or a text to a model, or to two versions of it at once. */
export function TryPage(props: { readonly model: string | undefined }): ReactNode {
  const { data, problem } = useLive<ModelList>("/api/v1/models", 5000);
  const models = data?.models.filter(({ task }) => task !== "tensor") ?? [];
  const chosen = models.find(({ model }) => model === props.model) ?? models[0];
  return (
    <Page
      title="Try it"
      lead="What you drop here goes to this server and nowhere else; it is not kept."
    >
      {problem && problem.status !== 0 && <ProblemNotice problem={problem} />}
      {!data && !problem && (
        <section className="card">
          <Loading rows={6} />
        </section>
      )}
      {data && !chosen && (
        <Card title="Nothing to ask">
          <Empty title="No model that takes pictures, sounds or texts">
            <p>Models that take plain tensors are asked under /v2 (Open Inference Protocol).</p>
          </Empty>
        </Card>
      )}
      {chosen && (
        <TryModel
          key={chosen.model}
          name={chosen.model}
          task={chosen.task}
          picker={
            <Field label="Model">
              <select
                className="input"
                value={chosen.model}
                onChange={(event) => {
                  location.hash = href({ page: "try", model: event.target.value });
                }}
              >
                {models.map(({ model, task }) => (
                  <option key={model} value={model}>
                    {`${model} (${task ? tasks[task] : "task unknown"})`}
                  </option>
                ))}
              </select>
            </Field>
          }
        />
      )}
    </Page>
  );
}

function TryModel(props: {
  readonly name: string;
  readonly task: keyof typeof tasks | undefined;
  readonly picker: ReactNode;
}): ReactNode {
  const { name, task } = props;
  const { data } = useLive<ModelDetails>(`/api/v1/models/${encodeURIComponent(name)}`, 5000);
  const [input, setInput] = useState<TryInput>();
  const [turn, setTurn] = useState(0);
  const [version, setVersion] = useState("");
  const [other, setOther] = useState("");
  const versions = data?.versions.map((one) => one.version) ?? [];
  const take = (next: TryInput): void => {
    setInput(next);
    setTurn(turn + 1);
  };
  const options = versions.map((one) => (
    <option key={one} value={one}>
      {one}
    </option>
  ));

  return (
    <>
      <Card title="Input">
        <div className="try-choices">
          {props.picker}
          <Field label="Version">
            <select
              className="input"
              value={version}
              onChange={(event) => setVersion(event.target.value)}
            >
              <option value="">whatever answers now</option>
              {options}
            </select>
          </Field>
          <Field label="Compare with">
            <select
              className="input"
              value={other}
              onChange={(event) => setOther(event.target.value)}
            >
              <option value="">nothing</option>
              {options}
            </select>
          </Field>
        </div>
        <InputPicker task={task} onInput={take} />
      </Card>
      <div className={other ? "compare" : "stack"}>
        <AnswerView
          key={`a ${turn} ${version}`}
          title={other ? version || "Answers now" : "Answer"}
          model={name}
          task={task}
          version={version}
          input={input}
        />
        {other && (
          <AnswerView
            key={`b ${turn} ${other}`}
            title={other}
            model={name}
            task={task}
            version={other}
            input={input}
          />
        )}
      </div>
    </>
  );
}
