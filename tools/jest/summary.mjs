/** What a title says of a test whose server or program is not installed. */
const missing = /skipped: no ([\w .-]+?)\)?(?: |$)/;

/**
 * Ends a run with plain lines that scripts can read: the figures, and which programs tests were skipped for. With
 * PLIMSOLL_REQUIRE_SERVERS=1 a run that skipped such tests has failed.
 */
export default class Summary {
  #skippedFor = new Set();

  onTestResult(_test, { testResults }) {
    for (const { status, fullName } of testResults) {
      if (status !== "pending") continue;
      const [, program] = missing.exec(fullName) ?? [];
      if (program !== undefined) this.#skippedFor.add(program);
    }
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = results;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    for (const program of [...this.#skippedFor].sort()) console.log(`skipped: no ${program}`);
    console.log(`tests: ${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`);
  }

  getLastError() {
    if (process.env.PLIMSOLL_REQUIRE_SERVERS !== "1" || this.#skippedFor.size === 0)
      return undefined;
    const programs = [...this.#skippedFor].sort().join(", ");
    return new Error(`tests were skipped, since these are not installed: ${programs}`);
  }
}
