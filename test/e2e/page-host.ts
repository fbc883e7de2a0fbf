/**
 * Host and browser for tests of the page: a file that imports this has both for all of its tests, if a
 * browser is installed.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { hasBrowser, openBrowser } from './browser.ts'

export let host: TestHost
export let browser: Browser

beforeAll(async () => {
  if (!hasBrowser) return
  host = await testHost()
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await host?.[Symbol.asyncDispose]()
})
