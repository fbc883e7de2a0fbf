/**
 * Seconds from starting QEMU to a reply to `GET /_ping`, medians of N boots of the built image: the first
 * boot of a blank disk and later boots. Uses QEMU's user netdev instead of the forwarder, to measure the
 * guest alone. Each run also boots without AppArmor and, under emulation, with address space layout
 * randomisation (`vm.aslr: always`).
 *
 *   node bench/boot.ts [--runs 5] [--cpus 2] [--accelerator tcg]
 */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import type { Accelerator } from '../src/config/desired.ts'
import { buildGuest } from '../src/guest/build.ts'
import type { GuestImage } from '../src/guest/image.ts'
import { metadataFile, metadataIso } from '../src/guest/metadata/tree.ts'
import { renderLinuxkit, tcgArguments } from '../src/guest/render.ts'
import { cachePaths } from '../src/host/paths.ts'
import { channelNetwork, enginePort } from '../src/supervisor/network/channel.ts'
import { qemuArgv } from '../src/vm/qemu/argv.ts'
import { cpuSeconds } from './net/measure.ts'

const deadlineMs = 120_000
const addresses = {
  subnet: '192.168.65.0/24',
  gateway: '192.168.65.1',
  dns: '192.168.65.2',
  guest: '192.168.65.3',
}
/** Addresses of the second card (src/supervisor/network/channel.ts). */
const { subnet, gateway, address } = channelNetwork

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    cpus: { type: 'string', default: '2' },
    accelerator: { type: 'string', default: 'tcg' },
  },
})
const accelerator = values.accelerator as Accelerator

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Resolves to whether the engine responds. */
function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/_ping', timeout: 2000 }, (reply) => {
      reply.resume()
      resolve(reply.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
    asked.on('timeout', () => asked.destroy())
    asked.end()
  })
}

/** A guest that crashes reboots by itself, so its time must be excluded. */
async function panics(dir: string): Promise<number> {
  return (await readFile(join(dir, 'console.log'), 'utf8')).split('Kernel panic').length - 1
}

/** Kernel arguments that are compared. */
const variants = ['as shipped', 'aslr always', 'without AppArmor'] as const
type Variant = (typeof variants)[number]

function cmdlineOf({ cmdline }: GuestImage, variant: Variant): string {
  const emulated = tcgArguments(variant === 'aslr always' ? 'always' : 'auto')
  return [
    cmdline,
    ...(accelerator === 'tcg' ? [emulated] : []),
    ...(variant === 'without AppArmor' ? ['apparmor=0'] : []),
  ].join(' ')
}

interface Boot {
  seconds: number
  /** CPU time of QEMU, the figure least affected by other load on the host. */
  cpuSeconds: number
}

async function bootOnce(image: GuestImage, dir: string, variant: Variant): Promise<Boot> {
  const port = await freePort()
  const socket = (name: string) => join(dir, `${name}.sock`)
  const argv = qemuArgv({
    binary: 'qemu-system-x86_64',
    name: 'bench',
    cpus: Number(values.cpus),
    memoryBytes: 2 * 2 ** 30,
    accelerator,
    tcgThread: 'multi',
    image: { ...image, cmdline: cmdlineOf(image, variant) },
    dataDisk: join(dir, 'data.qcow2'),
    metadataIso: join(dir, 'metadata.iso'),
    consoleLog: join(dir, 'console.log'),
    sockets: {
      link: socket('link'),
      channel: socket('channel'),
      qmp: socket('qmp'),
      agent: socket('agent'),
      console: socket('console'),
    },
  }).map((argument) => {
    if (argument.startsWith('stream,id=net0'))
      return `user,id=net0,net=${addresses.subnet},host=${addresses.gateway},dns=${addresses.dns},dhcpstart=${addresses.guest}`
    if (argument.startsWith('stream,id=net1'))
      return `user,id=net1,net=${subnet},host=${gateway},hostfwd=tcp:127.0.0.1:${port}-${address}:${enginePort}`
    return argument
  })
  const [binary = '', ...args] = argv
  const began = performance.now()
  const qemu = spawn(binary, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const exited = new Promise<void>((resolve) => qemu.on('exit', () => resolve()))
  try {
    while (!(await ping(port))) {
      if (performance.now() - began > deadlineMs || qemu.exitCode !== null) {
        throw new Error(`no engine: ${(await readFile(join(dir, 'console.log'), 'utf8')).slice(-2000)}`)
      }
      await delay(100)
    }
    return { seconds: (performance.now() - began) / 1000, cpuSeconds: cpuSeconds(qemu.pid ?? 0) }
  } finally {
    qemu.kill('SIGKILL')
    await exited
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const image = await buildGuest({ linuxkitYaml: await renderLinuxkit() }, { cache: cachePaths() })
const dir = await mkdtemp(join(tmpdir(), 'desktop-bench-'))
try {
  const metadata = {
    hostname: metadataFile('bench\n'),
    docker: { entries: { 'daemon.json': metadataFile('{}\n') } },
    network: { entries: { gateway: metadataFile(`${addresses.gateway}\n`) } },
  }
  await writeFile(join(dir, 'metadata.iso'), metadataIso(metadata))
  // Elsewhere ASLR is on anyway.
  const compared = variants.filter((variant) => accelerator === 'tcg' || variant !== 'aslr always')
  const boots = new Map(compared.map((variant) => [variant, { first: [] as Boot[], later: [] as Boot[] }]))
  for (let run = 0; run < Number(values.runs); run++) {
    // Alternate the order, so that load on the host affects all settings alike.
    for (const [variant, { first, later }] of run % 2 === 0 ? [...boots] : [...boots].reverse()) {
      await $`qemu-img create -q -f qcow2 ${join(dir, 'data.qcow2')} 20G`
      const both = [await bootOnce(image, dir, variant), await bootOnce(image, dir, variant)] as const
      first.push(both[0])
      later.push(both[1])
      const [one, two] = both.map(
        ({ seconds, cpuSeconds: cpu }) => `${seconds.toFixed(1)} s (${cpu.toFixed(1)} s of CPU)`,
      )
      const load = loadavg()[0]?.toFixed(1)
      console.log(
        `run ${run + 1}, ${variant}: first ${one}, later ${two}, load ${load}, ${await panics(dir)} panics so far`,
      )
    }
  }
  const of = (boots: readonly Boot[], what: keyof Boot) => {
    const all = boots.map((boot) => boot[what])
    return { median: median(all), all }
  }
  const secondsOf = (variant: Variant, name: string): object => {
    const { first = [], later = [] } = boots.get(variant) ?? {}
    if (first.length === 0) return {}
    return {
      [`firstBoot${name}Seconds`]: of(first, 'seconds'),
      [`laterBoot${name}Seconds`]: of(later, 'seconds'),
      [`firstBoot${name}CpuSeconds`]: of(first, 'cpuSeconds'),
      [`laterBoot${name}CpuSeconds`]: of(later, 'cpuSeconds'),
    }
  }
  const result = {
    date: new Date().toISOString(),
    accelerator,
    tcgThread: 'multi',
    cpus: Number(values.cpus),
    image: image.digest,
    load: loadavg()[0],
    panics: await panics(dir),
    ...secondsOf('as shipped', ''),
    ...secondsOf('aslr always', 'WithAslr'),
    ...secondsOf('without AppArmor', 'WithoutAppArmor'),
  }
  const results = join(import.meta.dirname, 'results')
  await mkdir(results, { recursive: true })
  await writeFile(join(results, 'boot.json'), `${JSON.stringify(result, null, 2)}\n`)
  for (const [variant, { first, later }] of boots) {
    const shown = (all: readonly Boot[]): string =>
      `${of(all, 'seconds').median.toFixed(1)} s (${of(all, 'cpuSeconds').median.toFixed(1)} s of CPU)`
    console.log(`median, ${variant}: first boot ${shown(first)}, later boots ${shown(later)}`)
  }
} finally {
  await rm(dir, { recursive: true, force: true })
}
