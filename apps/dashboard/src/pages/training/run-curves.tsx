import type { CurvePoint } from "@plimsoll/api";
import type { ReactNode } from "react";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { LineChart } from "../../parts/line-chart.tsx";

/** Loss and accuracy over epochs, on the samples that are learned from and on those that are held out. */
export function RunCurves(props: {
  readonly curve: readonly CurvePoint[];
  /** More may come: the place is kept. */
  readonly live: boolean;
}): ReactNode {
  const { curve, live } = props;
  const labels = curve.map(({ epoch }) => String(epoch));
  const of = (name: keyof CurvePoint): readonly (number | undefined)[] =>
    curve.map((point) => point[name]);
  const chart = (title: string, train: keyof CurvePoint, held: keyof CurvePoint): ReactNode => {
    const both = [
      { name: "learned from", values: of(train) },
      { name: "held out", values: of(held) },
    ];
    // Not every way of training measures both.
    const measured = both.filter(({ values }) => values.some((value) => value !== undefined));
    return (
      <Card title={title} aside={<span className="small soft num">{curve.length} epochs</span>}>
        <LineChart
          title={`${title} over epochs`}
          labels={labels}
          dots={curve.length <= 12}
          series={measured.length > 0 ? measured : both}
        />
      </Card>
    );
  };
  if (curve.length === 0 && !live) {
    return (
      <Card title="Learning curves">
        <Empty title="It ended before its first epoch" />
      </Card>
    );
  }
  return (
    <div className="columns">
      {chart("Loss", "loss", "valLoss")}
      {chart("Accuracy", "accuracy", "valAccuracy")}
    </div>
  );
}
