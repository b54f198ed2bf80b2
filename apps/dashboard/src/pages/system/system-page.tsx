import type { ReactNode } from "react";
import { Page } from "../../parts/page.tsx";
export function SystemPage(): ReactNode {
  return <Page title="System">{null}</Page>;
}
