/** The page of `desktop ui` in a browser, with the real command and a supervisor without a VM. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Locator } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { barriers, hasBrowser, unreachable, withoutBrowser } from './browser.ts'
import { openPage, show } from './page.ts'
import { browser, host } from './page-host.ts'

/** A phone, a laptop and a 4K screen. */
const looks = [
  [360, 'light'],
  [3840, 'light'],
  [1280, 'dark'],
  [1280, 'light'],
] as const

if (!hasBrowser) console.log(`skipped: ${withoutBrowser}`)

describe.skipIf(!hasBrowser)('with a supervisor', () => {
  test('each view has its data, a reload keeps the session, and a second use of the link has nothing', async () => {
    await host.write('network:\n  dns:\n    hosts: { db.test: 10.1.2.3 }\n')
    await host.ok('apply')
    await host.write(
      'network:\n  dns:\n    hosts: { db.test: 10.1.2.4 }\n  egress:\n    rules: [{ deny: 10.9.0.0/16 }]\n',
    )
    await host.ok('apply')
    const command = spawn(process.execPath, [join(host.dir, 'desktop/dist/desktop.js'), 'ui', '--no-open'], {
      cwd: host.dir,
      env: host.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(command, 'exit')
    try {
      const [url = ''] = (await once(createInterface(command.stdout), 'line')) as string[]
      await using opened = await openPage(browser, url)
      const { page, elsewhere, complaints } = opened
      await page.getByText('Supervisor', { exact: true }).waitFor()
      expect(page.url()).not.toContain('token')
      const has = async (view: string, ...shown: Locator[]): Promise<void> => {
        await show(page, view)
        for (const one of shown) await one.waitFor()
        for (const [width, colorScheme] of looks) {
          await page.setViewportSize({ width, height: 800 })
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
          expect(await barriers(page), `${view} ${width} ${colorScheme}`).toEqual([])
          expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), view).toBe(true)
        }
        expect(await page.evaluate('document.getAnimations().length'), view).toBe(0)
        expect(await unreachable(page), view).toEqual([])
      }
      await has('Overview', page.getByRole('heading', { name: 'crash' }))
      await has(
        'Names',
        page.getByRole('cell', { name: 'db.test' }),
        page.getByText('none since this page is open'),
      )
      await has('Rules', page.getByRole('cell', { name: 'deny 10.9.0.0/16' }))
      await has('Plan', page.getByText('Matches the file; nothing to do.'))
      await has(
        'History',
        page.getByRole('cell', { name: 'applied' }).first(),
        page.getByRole('progressbar').first(),
      )
      await page
        .getByRole('row', { name: 'hosts: { db.test: 10.1.2.3 } hosts: { db.test: 10.1.2.4 }' })
        .waitFor()
      await has('Ports', page.getByRole('cell', { name: 'docker.sock', exact: true }))
      await has('Traffic', page.getByRole('grid', { name: 'Flows' }))
      await has('Logs', page.getByRole('combobox'))
      await page.getByRole('combobox').selectOption('supervisor')
      await page.getByRole('log').getByText('"msg"').first().waitFor()
      await page.reload()
      await page.getByText('vm running').waitFor()
      await host.kill('supervisor')
      await page.getByText('Waiting for the supervisor').waitFor()
      await host.ok('apply')
      await page.getByText('Waiting for the supervisor').waitFor({ state: 'hidden' })
      expect(elsewhere).toEqual([])
      expect(complaints).toEqual([])
      await using second = await openPage(browser, url)
      await second.page.getByText('no cookie of this run').waitFor()
      command.kill('SIGINT')
      expect(await ended).toEqual([0, null])
      await page.getByText('Not connected').waitFor()
    } finally {
      if (command.exitCode === null) command.kill('SIGKILL')
    }
  })
})

describe.skipIf(!hasBrowser)('with --write', () => {
  test('the page applies its plan and shows each step; without the option it has no button', async () => {
    const hostile = '# <img src=x onerror=alert(1)> \u202e http://me:secret@proxy.test\n'
    await host.write(`network: { dns: { hosts: { late.test: 10.1.2.5 } } }\n${hostile}`)
    for (const writes of [false, true]) {
      const args = ['ui', '--no-open', ...(writes ? ['--write'] : [])]
      const command = spawn(process.execPath, [join(host.dir, 'desktop/dist/desktop.js'), ...args], {
        cwd: host.dir,
        env: host.env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = once(command, 'exit')
      try {
        const [url = ''] = (await once(createInterface(command.stdout), 'line')) as string[]
        await using opened = await openPage(browser, url)
        const { page } = opened
        await page.getByText('Supervisor', { exact: true }).waitFor()
        await show(page, 'Plan')
        await page.getByRole('cell', { name: 'dns/set' }).waitFor()
        await page
          .getByRole('link', { name: /^desktop\.yaml:\d+:\d+$/ })
          .first()
          .click()
        const source = page.getByRole('region', { name: /desktop\.yaml, line \d+$/ })
        await source.locator('[aria-current]').getByText('late.test').waitFor()
        expect(await source.getByRole('listitem').allTextContents()).toContain(
          '# <img src=x onerror=alert(1)> \\u202e http://xxxxx:xxxxx@proxy.test',
        )
        expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toContain(', line ')
        const button = page.getByRole('button', { name: 'Apply this plan' })
        expect(await button.count()).toBe(writes ? 1 : 0)
        if (!writes) continue
        expect(await barriers(page)).toEqual([])
        await button.click()
        await page.getByText('Result: applied').waitFor()
        await page.getByRole('button', { name: 'Plan again' }).last().click()
        await page.getByText('Matches the file; nothing to do.').waitFor()
      } finally {
        command.kill('SIGINT')
        await ended
      }
    }
    expect(await host.ok('plan')).toContain('nothing to do')
  })
})
