import { availableParallelism } from 'node:os'
import { defineConfig, type ViteUserConfigExport } from 'vitest/config'

// Thousands of tests drive real processes in real time: in CI, one that fails has a second try and is named
// (test/support/second-tries.ts).
const retry = process.env.CI === undefined ? 0 : 1

/** Runs the unit tests too, so scripts/test.ts starts it beside those that boot a VM. */
const freshClone = 'test/e2e/front-door.test.ts'

const config: ViteUserConfigExport = defineConfig({
  test: {
    globalSetup: ['test/support/leftovers.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          retry,
          // Many tests wait for real processes, so two workers pay off on two cores too; Vitest's default there is one.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/clients/**'],
          // Only what hangs is to fail, however busy the machine.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          // A VM for each file.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: { name: 'clone', retry, include: [freshClone], testTimeout: 300_000, hookTimeout: 900_000 },
      },
      {
        test: {
          name: 'e2e',
          retry,
          include: ['test/e2e/**/*.test.ts'],
          exclude: [freshClone],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
})

export default config
