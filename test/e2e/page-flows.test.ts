/**
 * The page of `desktop ui` in a browser, with synthetic samples: ten thousand flows, hostile names, denials.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Live, liveOf } from '../../src/cli/live/live.ts'
import { FlowRates } from '../../src/cli/live/rates.ts'
import type { PageServer, PageServerOptions } from '../../src/cli/ui/server.ts'
import { until } from '../../src/host/until.ts'
import type { FlowView } from '../../src/net/flows.ts'
import { aContainer, aFlow, aSample } from '../support/cli/live-sample.ts'
import { barriers, hasBrowser } from './browser.ts'
import { openPage, serveSamples, show } from './page.ts'
import { browser, host } from './page-host.ts'

const serve = (
  look: () => Live,
  intervalMs: number,
  data: PageServerOptions['data'] = {},
): Promise<PageServer & { url: string }> =>
  serveSamples(join(host.dir, 'desktop/dist/page'), look, intervalMs, data)

describe.skipIf(!hasBrowser)('with flows of any kind', () => {
  test('text from the guest is text, whatever is in it', async () => {
    const evil = '<img src=x onerror="document.title=1"><b>\u202e</b>'
    const flows: FlowView[] = [{ ...aFlow, from: 'host', guest: '172.17.0.2:80', state: evil }]
    const containers = [aContainer(evil, '172.17.0.2')]
    const host = { domain: 'e2e.localhost', http: 80, https: 8443, failed: {} }
    await using server = await serve(() => liveOf(aSample({ flows, containers }), new FlowRates()), 100, {
      names: async () => ({ dns: null, network: null, host }),
      hosts: async () => [{ name: 'web', container: evil, port: 80 }],
      queries: async () => [],
    })
    await using opened = await openPage(browser, server.url)
    await show(opened.page, 'Traffic')
    const cell = opened.page.getByRole('gridcell', { name: '<img src=x' }).first()
    await cell.waitFor()
    expect(await cell.textContent()).toBe(evil.replaceAll('\u202e', '\\u202e'))
    await show(opened.page, 'Names')
    for (const url of ['http://web.e2e.localhost', 'https://web.e2e.localhost:8443'])
      expect(await opened.page.getByRole('link', { name: url }).getAttribute('href')).toBe(url)
    await opened.page.getByRole('cell', { name: '<img src=x' }).waitFor()
    expect(await opened.page.locator('img, b').count()).toBe(0)
    expect(opened.complaints.filter((text) => !text.includes('404'))).toEqual([])
  })

  test('a denial is allowed by a patch of the file, which the page shows and does not apply', async () => {
    const denial = {
      id: 7,
      rule: 'default deny',
      at: 'send',
      protocol: 'tcp',
      guest: '192.168.65.3',
      senders: [],
    }
    const to = { name: 'nas.test', address: '10.0.0.1', port: 22, count: 2, idleMs: 400 }
    const asked: string[] = []
    await using server = await serve(() => liveOf(aSample({}), new FlowRates()), 1000, {
      rules: async () => ({
        egress: null,
        rules: [],
        denials: {
          listed: [
            { ...denial, ...to },
            { ...denial, ...to, id: 6, name: 'other.test' },
          ],
          unlisted: 0,
        },
      }),
      allow: async (query) => {
        asked.push(query.toString())
        return {
          rules: ['allow nas.test:22/tcp'],
          file: '/x/desktop.yaml',
          patch: '+      - allow: nas.test:22/tcp\n',
        }
      },
    })
    await using opened = await openPage(browser, server.url)
    const { page } = opened
    await show(page, 'Rules')
    await page.getByRole('button', { name: 'Allow nas.test at 10.0.0.1 port 22' }).click()
    await page.getByRole('region', { name: 'Allow' }).getByText('+      - allow: nas.test:22/tcp').waitFor()
    await page.getByRole('button', { name: 'Allow all of these' }).click()
    await until(async () => asked.length === 2, { deadlineMs: 5_000 })
    expect(asked).toEqual(['id=7', 'id=all'])
    expect(await barriers(page)).toEqual([])
  })

  test('ten updates a second of ten thousand flows, a tenth of them busy, take less than half of a core', async () => {
    const rates = new FlowRates()
    let now = 0
    const look = (): Live => {
      now += 1
      const flows = Array.from({ length: 10_000 }, (_, i): FlowView => {
        const sent = i % 10 === 0 ? now * (1 + (i % 977)) : i
        return {
          ...aFlow,
          guest: `192.168.65.3:${20_000 + i}`,
          remote: `10.${i >> 8}.${i & 255}.7:443`,
          bytesFromGuest: sent,
          bytesToGuest: 3 * sent,
          idleMs: i % 10 === 0 ? 0 : now * 100,
        }
      })
      return liveOf(aSample({ flows, atMs: now * 100 }), rates)
    }
    await using server = await serve(look, 100)
    await using opened = await openPage(browser, server.url)
    const { page } = opened
    await show(page, 'Traffic')
    await page.getByText('10000 of 10000 flows').waitFor()
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Performance.enable')
    const taskSeconds = async (): Promise<number> =>
      (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ??
      0
    const [before, beganMs, samples] = [await taskSeconds(), performance.now(), now]
    await until(async () => now >= samples + 40, { deadlineMs: 20_000 })
    const seconds = (performance.now() - beganMs) / 1000
    const share = ((await taskSeconds()) - before) / seconds
    console.log(
      `${((now - samples) / seconds).toFixed(1)} updates/s, page ${(100 * share).toFixed(0)} % of a core`,
    )
    expect(share).toBeLessThan(0.5)
  })

  test('ten thousand flows are searched, sorted and scrolled, with the rows in sight only', async () => {
    const rates = new FlowRates()
    let now = 0
    const look = (): Live => {
      now += 1
      const flows = Array.from({ length: 10_000 }, (_, i): FlowView => {
        const sent = now * ((i * 7919) % 1000)
        return {
          ...aFlow,
          // A few of containers, as published ports have them.
          guest:
            i % 1000 === 998
              ? '172.17.0.2:80'
              : i % 1000 === 999
                ? '172.17.0.3:5432'
                : `192.168.65.3:${20_000 + i}`,
          from: i % 1000 >= 998 ? 'host' : 'guest',
          remote: `10.${i >> 8}.${i & 255}.7:443`,
          bytesFromGuest: sent,
          bytesToGuest: 3 * sent,
        }
      })
      return liveOf(
        aSample({
          flows,
          containers: [aContainer('web', '172.17.0.2'), aContainer('db', '172.17.0.3')],
          atMs: now * 1000,
        }),
        rates,
      )
    }
    await using server = await serve(look, 1000)
    await using opened = await openPage(browser, server.url)
    const { page } = opened
    await show(page, 'Traffic')
    await page.getByText('10000 of 10000 flows').waitFor()
    const rows = page.locator('.row.body')
    expect(await rows.count()).toBeLessThan(100)
    const grid = page.getByRole('grid')
    await grid.focus()
    await page.keyboard.press('End')
    await page.locator('[aria-rowindex="10001"]').waitFor()
    await page.keyboard.press('Home')
    await page.getByRole('button', { name: 'Remote' }).click()
    await page.locator('[aria-rowindex="2"]').getByText('10.0.0.7:443').waitFor()
    await page.getByRole('searchbox').fill('10.39.13.7')
    await page.getByText('1 of 10000 flows').waitFor()
    await rows.first().click()
    await page.getByText("desktop pcap -w flow.pcap 'tcp 192.168.65.3:29997 10.39.13.7:443'").waitFor()
    await page.getByRole('searchbox').fill('')
    await page.getByText('10000 of 10000 flows').waitFor()
    expect(await page.locator('canvas').count()).toBe(1)
    for (const width of [360, 3840]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    }
    if (process.env.DESKTOP_SCREENSHOTS !== undefined) {
      await page.setViewportSize({ width: 1280, height: 720 })
      await mkdir(process.env.DESKTOP_SCREENSHOTS, { recursive: true })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await page.screenshot({ path: join(process.env.DESKTOP_SCREENSHOTS, `traffic-${colorScheme}.png`) })
      }
    }
  })
})
