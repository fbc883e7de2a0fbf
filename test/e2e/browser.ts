/** Debian's Chromium without a window. */
import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'
export const hasBrowser: boolean = existsSync(executablePath)
export const withoutBrowser: string = `${executablePath} is missing: apt-get install chromium`

export const openBrowser = (): Promise<Browser> =>
  // A container as CI has it lets no program make namespaces; the pages are ours.
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })

/** What keeps people from using what is shown, by axe; none = []. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate('axe.run()')
  return (found as axe.AxeResults).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}
