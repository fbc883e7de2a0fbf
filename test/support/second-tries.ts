/** Names the tests that passed on their second try only, so that a flaky one is seen and fixed. */
import type { Reporter, TestCase } from 'vitest/node'

export default class SecondTries implements Reporter {
  #names: string[] = []

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky === true)
      this.#names.push(`${test.module.relativeModuleId} > ${test.fullName}`)
  }

  onTestRunEnd(): void {
    if (this.#names.length === 0) return
    console.log(`\nPassed on the second try only:\n${this.#names.map((name) => `  ${name}`).join('\n')}`)
  }
}
