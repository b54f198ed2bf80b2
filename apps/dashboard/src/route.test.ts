import { expect, test } from "@jest/globals";
import { href, parseRoute, type Route } from "./route.ts";

test.each<Route>([
  { page: "models" },
  { page: "model", model: "a.very/odd name" },
  { page: "try" },
  { page: "try", model: "yolov8m" },
  { page: "training", model: "drone" },
  { page: "run", run: "2026-11-21T10:00:00Z-ab" },
  { page: "sync" },
  { page: "system" },
])("an address leads back to its route: %p", (route) => {
  expect(parseRoute(href(route))).toEqual(route);
});

test.each(["", "#", "#/nothing", "#/models/", "#/%E0%A4%A"])("%p leads to the models", (hash) => {
  expect(parseRoute(hash)).toEqual({ page: "models" });
});
