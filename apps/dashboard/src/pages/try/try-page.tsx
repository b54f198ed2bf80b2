import type { ModelDetails, ModelList } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { useLive } from "../../client/use-live.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { SelectField } from "../../parts/select-field.tsx";
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
            <SelectField
              label="Model"
              value={chosen.model}
              options={models.map(({ model, task }) => [
                model,
                `${model} (${task ? tasks[task] : "task unknown"})`,
              ])}
              onChange={(model) => {
                location.hash = href({ page: "try", model });
              }}
            />
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
  return (
    <>
      <Card title="Input">
        <div className="try-choices">
          {props.picker}
          <SelectField
            label="Version"
            value={version}
            options={[["", "whatever answers now"], ...versions]}
            onChange={setVersion}
          />
          <SelectField
            label="Compare with"
            value={other}
            options={[["", "nothing"], ...versions]}
            onChange={setOther}
          />
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
