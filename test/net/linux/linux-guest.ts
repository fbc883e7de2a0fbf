/**
 * A guest without a VM: a network namespace with a tap device that is connected to a forwarder in this process.
 * Needs root and /dev/net/tun; `canHaveGuest` reports whether it can run.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { NetworkSettings } from '../../../src/config/desired.ts'
import { Forwarder } from '../../../src/net/forwarder.ts'
import { standaloneNetwork } from '../../../src/net/network.ts'

export const canHaveGuest: boolean = (() => {
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK)
    const name = `desktop-probe-${process.pid}`
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' })
    execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

export interface GuestOptions {
  mtu?: number
  /** Percentage of frames lost, delayed and duplicated, each, in both directions. */
  faults?: number
  /** Without an address, for DHCP tests. */
  isBare?: boolean
  /** Framing of its link. */
  link?: 'qemu' | 'vpnkit'
  /** With IPv6; the guest configures its own address. */
  ipv6?: boolean
}

export interface LinuxGuest extends AsyncDisposable {
  readonly forwarder: Forwarder
  readonly network: NetworkSettings
  readonly namespace: string
  /** Runs a program in the guest; rejects with its output if it fails. */
  run(program: string, ...args: string[]): Promise<string>
  /** Starts a program in the guest. */
  start(program: string, ...args: string[]): ChildProcess
  /** Closes the link and opens a new one. */
  reattach(): Promise<void>
  /** Replaces the forwarder by a new one with the same leases. */
  restart(): Promise<void>
  /** Replaces the forwarder, but keeps the guest's device, addresses and connections. */
  reconnect(): Promise<void>
}

/**
 * Options of iputils' ping for simultaneous requests. After the first reply it waits for the others as long as
 * its interval or twice the longest round trip, whichever is longer: with a short interval, a busy host would
 * lose the last ones.
 */
export const atOnce = (requests: number): string[] => [`-c${requests}`, `-l${requests}`, '-i5', '-W5']

let count = 0

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended after the list was read.
  }
}

export async function startGuest({
  mtu = 1500,
  faults = 0,
  isBare = false,
  link = 'qemu',
  ipv6 = false,
}: GuestOptions = {}): Promise<LinuxGuest> {
  count += 1
  const network = standaloneNetwork('192.168.65.0/24', mtu, ipv6 ? 'fd65:1234:5678::/64' : undefined)
  let forwarder = new Forwarder({ network })
  const namespace = `desktop-${process.pid}-${count}`
  const dir = mkdtempSync(join(tmpdir(), 'guest-'))
  const path = join(dir, 'link.sock')
  const server = createServer((socket) =>
    link === 'qemu' ? forwarder.attach(socket) : forwarder.attachVmn3t(socket),
  )
  server.listen(path)
  await once(server, 'listening')
  const ip = (...args: string[]) => promisify(execFile)('ip', ['-n', namespace, ...args])
  await promisify(execFile)('ip', ['netns', 'add', namespace])

  const attach = async (): Promise<ChildProcess> => {
    const script = join(import.meta.dirname, 'tap-probe.ts')
    const inside = [
      'netns',
      'exec',
      namespace,
      process.execPath,
      script,
      'tap0',
      path,
      `${faults}`,
      `${count}`,
      link,
    ]
    const probe = spawn('ip', inside, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(probe.stdout!, 'data')
    await ip('link', 'set', 'tap0', 'address', '02:50:00:00:00:01', 'mtu', String(mtu), 'up')
    if (!isBare) {
      await ip('addr', 'add', `${network.address}/24`, 'dev', 'tap0')
      await ip('route', 'add', 'default', 'via', network.gateway)
    }
    return probe
  }
  await ip('link', 'set', 'lo', 'up')
  let probe = await attach()

  return {
    get forwarder() {
      return forwarder
    },
    network,
    namespace,
    run: async (program, ...args) => {
      const { stdout } = await promisify(execFile)('ip', ['netns', 'exec', namespace, program, ...args])
      return stdout
    },
    start: (program, ...args) => spawn('ip', ['netns', 'exec', namespace, program, ...args]),
    async reattach() {
      probe.kill()
      await once(probe, 'exit')
      probe = await attach()
    },
    async restart() {
      const leases = forwarder.exportLeases()
      const ended = once(probe, 'exit')
      await forwarder[Symbol.asyncDispose]()
      await ended
      forwarder = new Forwarder({ network })
      forwarder.importLeases(leases)
      probe = await attach()
    },
    async reconnect() {
      const up = once(probe.stdout!, 'data')
      probe.kill('SIGUSR2')
      await up
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      await forwarder[Symbol.asyncDispose]()
      probe.kill()
      if (probe.exitCode === null && probe.signalCode === null) await once(probe, 'exit')
      await closed
      // Helpers of dhcpcd outlive the process that the test started.
      const { stdout } = await promisify(execFile)('ip', ['netns', 'pids', namespace])
      for (const pid of stdout.split('\n').filter((line) => line !== '')) kill(Number(pid))
      await promisify(execFile)('ip', ['netns', 'del', namespace])
      rmSync(dir, { recursive: true })
    },
  }
}
