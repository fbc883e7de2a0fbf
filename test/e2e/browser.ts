/** Debian's Chromium, headless. */
import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'
export const hasBrowser: boolean = existsSync(executablePath)
export const withoutBrowser: string = `${executablePath} is missing: apt-get install chromium`

export const openBrowser = (): Promise<Browser> =>
  // Containers of CI systems forbid namespaces to programs; the pages are trusted.
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })

/** Accessibility problems found by axe; [] if there are none. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate('axe.run()')
  return (found as axe.AxeResults).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}

/** Elements that Tab should reach and does not; [] if the keyboard reaches all of them. */
export async function unreachable(page: Page): Promise<string[]> {
  const controls = `[...document.querySelectorAll('a[href], button, input, select, [tabindex="0"]')]
    .filter((one) => !one.disabled && one.checkVisibility())`
  const walked = '__walked = new Set()'
  const all = Number(await page.evaluate(`document.activeElement.blur(); ${walked}; ${controls}.length`))
  for (let i = 0; i < all + 4; i += 1) {
    await page.keyboard.press('Tab')
    await page.evaluate('__walked.add(document.activeElement)')
  }
  return await page.evaluate(`${controls}.filter((one) => !__walked.has(one)).map((one) => one.outerHTML)`)
}
