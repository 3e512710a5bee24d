/**
 * Counts what passed and failed over everything a test run does. A check (a build, a lint run, a packaging rule)
 * counts as one; a jest run counts as its tests, a file that did not even load as one failure.
 */
export class Tally {
  passed = 0;
  failed = 0;
  /** Names of all that failed, for the end of the report. */
  failures = [];

  check(name, ok, detail = '') {
    if (ok) this.passed++;
    else this.fail(name, detail);
  }

  fail(name, detail = '') {
    this.failed++;
    this.failures.push(detail ? `${name}: ${detail}` : name);
  }

  /** What failed, for the end of a long log: at most as many lines as fit a screen, as the rest is above. */
  report(most = 40) {
    if (this.failed === 0) return [];
    const rest = this.failures.length - most;
    const shown = this.failures.slice(0, most).map((failure) => `  ${failure}`);
    return ['', 'Failed:', ...shown, ...(rest > 0 ? [`  and ${rest} more, see above`] : [])];
  }

  /** Adds one jest JSON report; `exitOk` is whether jest itself was content. */
  jest(name, report, exitOk) {
    if (!report) return this.fail(name, 'wrote no report');
    this.passed += report.numPassedTests;
    const before = this.failed;
    for (const file of report.testResults) {
      const broken = file.assertionResults.filter(({ status }) => status === 'failed');
      for (const test of broken) this.fail(name, test.fullName);
      // A file whose import or top level failed has no failed assertion, and would otherwise count for nothing.
      if (file.status === 'failed' && broken.length === 0) this.fail(name, `${file.name} did not run`);
      // A test that is skipped proves nothing, and nobody sees it in a green run.
      const idle = file.assertionResults.filter(({ status }) => status !== 'failed' && status !== 'passed');
      for (const test of idle) this.fail(name, `${test.fullName} was skipped`);
    }
    if (!exitOk && this.failed === before) this.fail(name, 'failed outside its tests');
    if (report.numTotalTests === 0) this.fail(name, 'has no tests');
  }
}
