import type { CurvePoint } from "@plimsoll/api";
import type { ReactNode } from "react";
import { Card } from "../../parts/card.tsx";
import { LineChart } from "../../parts/line-chart.tsx";

/** Loss and accuracy over epochs, on the samples that are learned from and on those that are held out. */
export function RunCurves({ curve }: { readonly curve: readonly CurvePoint[] }): ReactNode {
  const labels = curve.map(({ epoch }) => String(epoch));
  const of = (name: keyof CurvePoint): readonly (number | undefined)[] =>
    curve.map((point) => point[name]);
  const chart = (title: string, train: keyof CurvePoint, held: keyof CurvePoint): ReactNode => (
    <Card title={title} aside={<span className="small soft num">{curve.length} epochs</span>}>
      <LineChart
        title={`${title} over epochs`}
        labels={labels}
        dots={curve.length <= 12}
        series={[
          { name: "learned from", values: of(train) },
          { name: "held out", values: of(held) },
        ]}
      />
    </Card>
  );
  return (
    <div className="columns">
      {chart("Loss", "loss", "valLoss")}
      {chart("Accuracy", "accuracy", "valAccuracy")}
    </div>
  );
}
