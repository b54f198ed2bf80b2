import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** `PLIMSOLL_API` is the address of the server that `npm run dev` started; a build needs none. */
const api = process.env.PLIMSOLL_API;
const routes = ["/api", "/status", "/predict", "/upload", "/retrain", "/training", "/health"];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // An inlined picture would be a data: URL, which the page's policy does not allow.
    assetsInlineLimit: 0,
    // The preload polyfill is an inline script.
    modulePreload: { polyfill: false },
  },
  server: api ? { proxy: Object.fromEntries(routes.map((route) => [route, { target: api }])) } : {},
});
