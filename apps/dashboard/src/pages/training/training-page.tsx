import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";
export function TrainingPage(props: { readonly model: string | undefined }): ReactNode {
  return <Page title={props.model ?? "…"}>{null}</Page>;
}
