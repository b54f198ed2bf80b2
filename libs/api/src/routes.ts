import { adminRoutes } from "./routes-admin.ts";
import { predictRoutes } from "./routes-predict.ts";
import { protocolRoutes } from "./routes-protocol.ts";
import { publicRoutes } from "./routes-public.ts";
import { trainingRoutes } from "./routes-training.ts";
import type { Route } from "./route.ts";

/** Every route of the server. The server registers nothing that is not in this list, and everything that is. */
export const routes: readonly Route[] = [
  ...publicRoutes,
  ...predictRoutes,
  ...trainingRoutes,
  ...adminRoutes,
  ...protocolRoutes,
];
