/** `npm test`: every project in one run, so that workers and transforms are shared. `nx test <project>` runs one. */
export default {
  projects: ["<rootDir>/libs/*", "<rootDir>/apps/*", "<rootDir>/tools"],
  reporters: ["default", "<rootDir>/tools/jest/summary.mjs"],
  // A slow machine is no failure; what hangs still ends. Jest reads this here, not from the projects.
  testTimeout: 120_000,
  // With one worker, what two processors give, all tests run in Jest's own process.
  maxWorkers: 2,
  // A server that a failed test leaves open must not hold the run for ever.
  forceExit: true,
};
