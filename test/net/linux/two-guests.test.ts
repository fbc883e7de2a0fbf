/** Two guests on one forwarder, each with the Linux network stack: forwarded and blocked traffic between them. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { standaloneNetwork } from '../../../src/net/network.ts'
import { type Standalone, startStandalone } from '../../../src/net/standalone.ts'
import { canHaveGuest } from './linux-guest.ts'

const run = promisify(execFile)
const script = (name: string): string => join(import.meta.dirname, name)
const names = [1, 2].map((number) => `desktop-two-${process.pid}-${number}`) as [string, string]
const network = standaloneNetwork('192.168.65.0/24', 1500)
const addresses = [network.address, '192.168.65.4'] as const

describe.skipIf(!canHaveGuest)(
  'two guests of one forwarder (needs root and /dev/net/tun)',
  { timeout: 60_000 },
  () => {
    let dir: string
    let standalone: Standalone
    let probes: ChildProcess[] = []

    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'two-'))
    })

    afterEach(async () => {
      await standalone?.[Symbol.asyncDispose]()
      for (const probe of probes)
        if (probe.exitCode === null && probe.signalCode === null) await once(probe, 'exit')
      probes = []
      for (const name of names) await run('ip', ['netns', 'del', name])
      rmSync(dir, { recursive: true })
    })

    async function start(isIsolated: boolean): Promise<void> {
      const path = join(dir, 'link.sock')
      standalone = await startStandalone({ network, listenQemu: [path], isIsolated })
      for (const [i, name] of names.entries()) {
        await run('ip', ['netns', 'add', name])
        const args = ['netns', 'exec', name, process.execPath, script('tap-probe.ts'), 'tap0', path]
        const probe = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })
        probes.push(probe)
        await once(probe.stdout, 'data')
        const ip = (...rest: string[]) => run('ip', ['-n', name, ...rest])
        await ip('link', 'set', 'tap0', 'address', `02:50:00:00:00:0${i + 1}`, 'mtu', '1500', 'up')
        await ip('addr', 'add', `${addresses[i]}/24`, 'dev', 'tap0')
        await ip('route', 'add', 'default', 'via', network.gateway)
      }
    }

    const ping = (from: 0 | 1, to: string): Promise<boolean> =>
      run('ip', ['netns', 'exec', names[from], 'ping', '-c1', '-W3', to]).then(
        () => true,
        () => false,
      )

    test('reach each other through the switch, without data loss', async () => {
      await start(false)
      expect(await ping(0, addresses[1])).toBe(true)
      const echo = spawn('ip', [
        'netns',
        'exec',
        names[1],
        process.execPath,
        script('guest-script.ts'),
        'echo',
        '7000',
      ])
      await once(echo.stdout, 'data')
      const args = [
        process.execPath,
        script('guest-script.ts'),
        'send-then-read',
        addresses[1],
        '7000',
        '4000000',
      ]
      const { stdout } = await run('ip', ['netns', 'exec', names[0], ...args])
      const { sent, got } = JSON.parse(stdout) as { sent: string; got: string }
      expect(got).toBe(sent)
      // The traffic was forwarded by the switch: there is no flow, and each guest is on its own link.
      expect(standalone.forwarder.flows()).toEqual([])
      const cam = standalone.forwarder.cam()
      expect(cam.get('02:50:00:00:00:01')).not.toBe(cam.get('02:50:00:00:00:02'))
      echo.kill()
      await once(echo, 'close')
    })

    test('cannot reach each other when isolated, but still reach the gateway', async () => {
      await start(true)
      expect(await ping(0, network.gateway)).toBe(true)
      expect(await ping(1, network.gateway)).toBe(true)
      expect(await ping(0, addresses[1])).toBe(false)
      // Also blocked with a static neighbour entry for the other guest's MAC.
      const neighbour = ['neigh', 'replace', addresses[1], 'lladdr', '02:50:00:00:00:02', 'dev', 'tap0']
      await run('ip', ['-n', names[0], ...neighbour])
      expect(await ping(0, addresses[1])).toBe(false)
      const metric = standalone.forwarder.metrics().find(({ name }) => name === 'switch_frames_total')
      const isolated = metric?.samples.find(({ labels }) => labels?.kind === 'isolated')
      expect(isolated?.value).toBeGreaterThan(0)
    })
  },
)
