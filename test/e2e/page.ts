/**
 * The page of `desktop ui` in a browser: opening it, choosing a view, and serving samples without a
 * supervisor.
 */
import type { Browser, Page } from 'playwright-core'
import type { Live } from '../../src/cli/live/live.ts'
import { readAssets } from '../../src/cli/ui/assets.ts'
import { LiveEvents } from '../../src/cli/ui/events.ts'
import { type PageServer, type PageServerOptions, servePage } from '../../src/cli/ui/server.ts'

export interface Opened extends AsyncDisposable {
  page: Page
  /** Requests to anything but the page's server. */
  elsewhere: string[]
  /** Errors reported by the browser, including policy violations. */
  complaints: string[]
}

export async function openPage(browser: Browser, url: string): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const [elsewhere, complaints]: [string[], string[]] = [[], []]
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) elsewhere.push(request.url())
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  return { page, elsewhere, complaints, [Symbol.asyncDispose]: () => context.close() }
}

export const show = (page: Page, view: string): Promise<void> =>
  page.getByRole('link', { name: view, exact: true }).click()

/**
 * @param assets `dist/page`.
 * @param look called for every sample.
 */
export async function serveSamples(
  assets: string,
  look: () => Live,
  intervalMs: number,
  data: PageServerOptions['data'] = {},
): Promise<PageServer & { url: string }> {
  const text = JSON.stringify
  const events = new LiveEvents({ look: async () => look(), text, intervalMs })
  const server = await servePage({
    at: { port: 0 },
    text,
    assets: await readAssets(assets),
    data,
    events: { live: (response, _query, lastId) => events.add(response, Number(lastId) || 0) },
  })
  return Object.assign(server, { url: `http://127.0.0.1:${server.port}/#token=${server.token}` })
}
