/** Starts the server whose entry is named: what `dev.mjs` runs under a watch. */
const { start } = await import(process.argv[2]);
await start();
