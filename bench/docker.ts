/**
 * Docker operations on a dedicated VM: published port open when `docker run` returns, port ranges, `docker
 * exec`, `docker load`, throughput of a container. The peer of exec is the same dockerd without the channel to
 * the host, measured between dockerd's own events. The peer of a container is the VM's own network. `docker
 * load` is shown with the CPU time of the guest; bench/channel.ts measures the channel alone.
 *
 *   node bench/docker.ts [--rounds 50] [--ranges 10,100] [--load 400] [--transfers 5]
 */
import { rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dockerForTests } from '../test/e2e/docker.ts'
import { ok, testEnvironment } from '../test/e2e/environment.ts'
import { freePorts } from '../test/support/free-ports.ts'
import { writeBigImage } from './big-image.ts'
import { containerThroughput, throughputPorts } from './container-throughput.ts'
import { Engine } from './exec-timer.ts'
import { type Summary, summary } from './net/measure.ts'
import { writeResult } from './result.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    ranges: { type: 'string', default: '10,100' },
    load: { type: 'string', default: '400' },
    transfers: { type: 'string', default: '5' },
  },
})
const rounds = Number(values.rounds)
const load = loadavg()[0]

const figures: (Summary & { what: string; unit: string; target: string })[] = []

function note(what: string, unit: string, all: readonly number[], target = '—'): void {
  const figure = summary(all)
  figures.push({ what, unit, target, ...figure })
  console.log(`${what}: ${figure.median} (${figure.min}–${figure.max}) ${unit}`)
}

const docker = await dockerForTests()
await using machine = await testEnvironment(docker.cli, { name: 'bench' })
const inside = (line: string): Promise<string> => ok(machine.desktop('exec', '--', 'sh', '-c', line))
const secondsOf = async (action: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await action()
  return (performance.now() - began) / 1000
}
await machine.write(`vm: { cpus: 2, memory: 2GiB, disk: 8GiB }\n${throughputPorts}\n`)
await ok(machine.desktop('apply'))
await ok(machine.docker('import', docker.rootfs, 'box'))

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

async function publishedPorts(): Promise<void> {
  const [port = 0] = await freePorts(1)
  let open = 0
  const seconds: number[] = []
  const server = ['sh', '-c', 'mkdir /www; exec httpd -f -p 80 -h /www']
  for (let round = 0; round < rounds; round += 1) {
    const start = ['run', '-d', '--name', 'one', '-p', `${port}:80`, 'box', ...server]
    seconds.push(await secondsOf(() => ok(machine.docker(...start))))
    if (await isOpen(port)) open += 1
    await ok(machine.docker('rm', '-f', 'one'))
  }
  note(`ports open when \`docker run\` returns, of ${rounds}`, '', [open], `${rounds}`)
  note('`docker run -d -p`', 's', seconds)
}

async function portRange(count: number): Promise<void> {
  const [first, last] = [20_000, 20_000 + count - 1]
  const range = `${first}-${last}:${first}-${last}`
  const start = ['run', '-d', '--name', 'range', '-p', range, 'box', 'sleep', '100000']
  const before = await programs()
  const seconds = await secondsOf(() => ok(machine.docker(...start)))
  note(`\`docker run\` of ${count} ports`, 's', [seconds], count === 1000 ? '≤ 2' : '—')
  note(`processes and threads started for each of ${count} ports`, '', [
    ((await programs()) - before) / count,
  ])
  note(`\`docker rm -f\` of ${count} ports`, 's', [
    await secondsOf(() => ok(machine.docker('rm', '-f', 'range'))),
  ])
}

/** Number of processes and threads started since the VM's boot. */
const programs = async (): Promise<number> =>
  Number(/processes (\d+)/.exec(await inside('cat /proc/stat'))?.[1])

async function exec(): Promise<void> {
  const id = (await ok(machine.docker('run', '-d', 'box', 'sleep', '100000'))).trim()
  await using engine = await Engine.open(machine.paths.sockets.docker)
  const took: { total: number; engine: number }[] = []
  for (let round = -2; round < rounds; round += 1) {
    const one = await engine.exec(id, ['true'])
    if (round >= 0) took.push(one)
  }
  note(
    'exec by the API, from the host',
    'ms',
    took.map(({ total }) => total),
  )
  note(
    "exec, between dockerd's own events",
    'ms',
    took.map((one) => one.engine),
  )
  note(
    'exec, ratio',
    '×',
    took.map((one) => one.total / one.engine),
    '≤ 1.5',
  )
  const seconds: number[] = []
  const before = await programs()
  for (let round = 0; round < 10; round += 1)
    seconds.push(await secondsOf(() => ok(machine.docker('exec', id, 'true'))))
  note(
    '`docker exec`, with the start of the client',
    'ms',
    seconds.map((one) => one * 1000),
  )
  note('processes and threads started for each `docker exec`', '', [((await programs()) - before) / 10])
  await ok(machine.docker('rm', '-f', id))
}

/** Seconds of CPU so far: all of the guest, dockerd with its children that ended, and the block device's writes in MB. */
async function usage(): Promise<{ guest: number; dockerd: number; writtenMb: number }> {
  const text = await inside('head -n 1 /proc/stat; cat /proc/$(pidof dockerd)/stat; cat /sys/block/vdb/stat')
  const [all = '', own = '', disk = ''] = text.split('\n')
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0] = all.split(/ +/).slice(1).map(Number)
  const fields = own
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number)
  return {
    guest: (user + nice + system + irq + soft) / 100,
    dockerd: fields.slice(11, 15).reduce((sum, one) => sum + one, 0) / 100,
    writtenMb: (Number(disk.trim().split(/ +/)[6]) * 512) / 1e6,
  }
}

async function loadImage(): Promise<void> {
  const path = join(machine.dir, 'big.tar')
  const megabytes = (await writeBigImage(path, Number(values.load))) / 1e6
  const before = await usage()
  const seconds = await secondsOf(() => ok(machine.docker('load', '-q', '-i', path)))
  const after = await usage()
  note(`\`docker load\` of ${values.load} MiB`, 'MB/s', [megabytes / seconds], '≥ 200')
  note('`docker load`, CPU of dockerd and its children', 's', [after.dockerd - before.dockerd])
  note('`docker load`, CPU of the whole guest', 's', [after.guest - before.guest])
  note('`docker load`, elapsed', 's', [seconds])
  note('`docker load`, written to the data disk', 'MB', [after.writtenMb - before.writtenMb])
  await ok(machine.docker('rmi', 'big'))
  await rm(path)
}

async function throughput(): Promise<void> {
  for (const { direction, vm, container } of await containerThroughput(machine, Number(values.transfers))) {
    const of = direction.replace('mapped', 'published port').replace('guest', 'container')
    note(of, 'Gbit/s', container)
    note(`${of}, in the VM's network`, 'Gbit/s', vm)
    const ratios = container.map((one, round) => one / (vm[round] ?? Number.NaN))
    note(`${of}, ratio`, '×', ratios, '≥ 0.8')
  }
}

const ranges = values.ranges.split(',').filter(Boolean).map(Number)
const parts = [publishedPorts, exec, throughput, loadImage, ...ranges.map((count) => () => portRange(count))]
for (const part of parts) {
  await part()
  // Write after each part, so that a later failure loses nothing.
  await writeResult('docker', { load, loadAtEnd: loadavg()[0], rounds, figures })
}
