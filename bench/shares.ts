/**
 * Read throughput of a host folder in the guest: through a share as desktop creates it, and through QEMU's
 * virtiofs set up by hand with the same QEMU options, alternating in one VM; also the guest's own disk, for
 * scale. Every file read is in the host's page cache and not in the guest's.
 *
 *   node bench/shares.ts [--runs 7] [--mebibytes 192]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import { buildGuest } from '../src/guest/build.ts'
import { metadataFile, metadataIso } from '../src/guest/metadata/tree.ts'
import { renderLinuxkit, tcgCmdline } from '../src/guest/render.ts'
import { cachePaths } from '../src/host/paths.ts'
import { until } from '../src/host/until.ts'
import type { Machine } from '../src/vm/driver.ts'
import { qemuArgv } from '../src/vm/qemu/argv.ts'
import { startMachine } from '../src/vm/qemu/start.ts'
import { findVirtiofsd, shareDaemon, shareTag } from '../src/vm/share/virtiofs.ts'
import type { VmSpec } from '../src/vm/spec.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '7' }, mebibytes: { type: 'string', default: '192' } },
})
const mebibytes = Number(values.mebibytes)

const virtiofsd = await findVirtiofsd()
if (virtiofsd === undefined) throw new Error('there is no virtiofsd')
const image = await buildGuest({ linuxkitYaml: await renderLinuxkit() }, { cache: cachePaths() })
const dir = await mkdtemp(join(tmpdir(), 'desktop-bench-'))

const kinds = ['desktop', 'plain', 'disk'] as const
const files = { desktop: '/run/a/big', plain: '/run/b/big', disk: '/var/lib/big' }

async function measure(machine: Machine): Promise<Record<(typeof kinds)[number], number[]>> {
  const shell = async (line: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await machine.agent.exec(['/bin/sh', '-c', line], {
      timeoutMs: 120_000,
    })
    if (exitCode !== 0) throw new Error(`${line}: ${stderr}`)
    return `${stdout}${stderr}`
  }
  await until(async () => machine.agentUp, { deadlineMs: 180_000 })
  // Wait until the VM's start-up has finished.
  await until(async () => (await shell('ls /run')).includes('docker.sock'), {
    deadlineMs: 180_000,
    intervalMs: 1000,
  })
  await shell(
    `mkdir /run/a /run/b; mount -t virtiofs ${shareTag(0)} /run/a; mount -t virtiofs ${shareTag(1)} /run/b; cp /run/b/big /var/lib/big; sync`,
  )
  const seen = { desktop: [] as number[], plain: [] as number[], disk: [] as number[] }
  for (let run = 0; run <= Number(values.runs); run++) {
    for (const kind of kinds) {
      const line = `echo 3 >/proc/sys/vm/drop_caches; time dd if=${files[kind]} of=/dev/null bs=1M`
      const [, minutes, seconds] = /real\s+(\d+)m ([\d.]+)s/.exec(await shell(line)) ?? []
      const rate = mebibytes / (Number(minutes) * 60 + Number(seconds))
      // The first round warms up host and emulator.
      if (run > 0) seen[kind].push(Math.round(rate * 10) / 10)
    }
    console.log(kinds.map((kind) => `${kind} ${seen[kind].at(-1) ?? '-'} MiB/s`).join(', '))
  }
  return seen
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

try {
  const at = (name: string): string => join(dir, name)
  await mkdir(at('folder'))
  await $`dd if=/dev/urandom of=${at('folder/big')} bs=1M count=${mebibytes}`
  await $`qemu-img create -q -f qcow2 ${at('data.qcow2')} 4G`
  await writeFile(
    at('metadata.iso'),
    metadataIso({
      hostname: metadataFile('bench\n'),
      docker: { entries: { 'daemon.json': metadataFile('{}\n') } },
      network: { entries: { gateway: metadataFile('192.168.65.1\n') } },
    }),
  )
  const isRoot = process.getuid?.() === 0
  const daemons = [
    shareDaemon(
      { source: at('folder'), target: '/shared', writable: false, events: true },
      { virtiofsd: { command: [virtiofsd], savesOpenFiles: false }, socket: at('s0'), isRoot },
    ),
    {
      argv: [virtiofsd, '-f', `--socket-path=${at('s1')}`, '-o', `source=${at('folder')}`],
      socket: at('s1'),
    },
  ]
  const sockets = {
    link: at('link'),
    channel: at('channel'),
    qmp: at('qmp'),
    agent: at('agent'),
    console: at('console'),
  }
  const argv = qemuArgv({
    command: ['qemu-system-x86_64'],
    name: 'bench',
    cpus: 2,
    memoryBytes: 2 ** 30,
    accelerator: 'tcg',
    tcgThread: 'multi',
    image: { ...image, cmdline: `${image.cmdline} ${tcgCmdline}` },
    dataDisk: at('data.qcow2'),
    metadataIso: at('metadata.iso'),
    consoleLog: at('console.log'),
    shares: daemons.map(({ socket }) => socket),
    sockets,
  })
  const hashes = { image: image.digest, metadata: '', argv: '' }
  const spec: VmSpec = { argv, accelerator: 'tcg', hashes, sockets, consoleLog: at('console.log'), daemons }
  const unread = (socket: Socket) => void socket.resume()
  const machine = await startMachine(spec, {
    onLink: unread,
    onChannel: unread,
    onReset: () => {},
    qemuLog: at('qemu.log'),
  })
  let seen: Awaited<ReturnType<typeof measure>>
  try {
    seen = await measure(machine)
  } finally {
    await machine.quit()
    await machine[Symbol.asyncDispose]()
  }
  const of = (kind: (typeof kinds)[number]) => ({ median: median(seen[kind]), all: seen[kind] })
  const result = {
    date: new Date().toISOString(),
    accelerator: 'tcg',
    tcgThread: 'multi',
    load: loadavg()[0],
    mebibytes,
    mebibytesPerSecond: { desktop: of('desktop'), plain: of('plain'), disk: of('disk') },
    ofPlain: Math.round((median(seen.desktop) / median(seen.plain)) * 100) / 100,
  }
  const results = join(import.meta.dirname, 'results')
  await writeFile(join(results, 'shares.json'), `${JSON.stringify(result, null, 2)}\n`)
  console.log(`desktop reads at ${result.ofPlain} of what QEMU gives by hand`)
} finally {
  await rm(dir, { recursive: true, force: true })
}
