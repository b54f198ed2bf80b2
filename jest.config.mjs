/** `npm test`: every project in one run, so that workers and transforms are shared. `nx test <project>` runs one. */
export default {
  projects: ["<rootDir>/libs/*", "<rootDir>/apps/*", "<rootDir>/tools"],
  reporters: ["default", "<rootDir>/tools/jest/summary.mjs"],
};
