/** The built command line as it is now, for many calls in a row: it was brought up to date once, before them. */
const { start } = await import(new URL("../../apps/cli/dist/start.js", import.meta.url).href);

await start(process.argv.slice(2));
