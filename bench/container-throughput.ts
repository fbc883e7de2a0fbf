/**
 * iperf3 between this host and a container, beside the same image in the VM's own network (`--network host`). Both
 * networks dial the host, and the host dials both: the container by its published port.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeTar } from '../src/guest/archive/tar-write.ts'
import { directory, put, sorted, symlink } from '../src/guest/debian/layer.ts'
import { cachePaths } from '../src/host/paths.ts'
import { run } from '../src/host/run.ts'
import { ok, type TestEnvironment } from '../test/e2e/environment.ts'
import { iperfLayer } from './net/guest-image.ts'
import { again, type Cell, directions, port, serve, type Transfer, transfer } from './net/iperf.ts'

/** Ports of the servers in the VM and in the container, inside and on the host. */
const ports = { vm: 5392, container: 5393 } as const
const networks = {
  vm: ['--network', 'host'],
  container: ['-p', `${ports.container}:${ports.container}`],
} as const
type Network = keyof typeof networks
const names: readonly Network[] = ['vm', 'container']

/** Keys of the configuration that the measurement needs. */
export const throughputPorts: string = `ports: ["${ports.vm}:${ports.vm}"]`

const seconds = '2'

export interface Throughput {
  direction: Cell['direction']
  /** Gbit/s, a value a round. */
  vm: number[]
  container: number[]
}

/** The networks alternate, and so does their order. */
export async function containerThroughput(machine: TestEnvironment, rounds: number): Promise<Throughput[]> {
  await importIperf(machine)
  for (const name of names) {
    const server = ['/usr/bin/iperf3', '-s', '-p', `${ports[name]}`]
    await ok(machine.docker('run', '-d', '--name', `iperf-${name}`, ...networks[name], 'iperf', ...server))
  }
  const host = startHostServer()
  try {
    const results = directions.map((direction): Throughput => ({ direction, vm: [], container: [] }))
    // The first round is for warm-up.
    for (let round = 0; round <= rounds; round += 1)
      for (const result of results)
        for (const name of round % 2 === 0 ? names : names.toReversed()) {
          const { gigabitsPerSecond } = await again(() => measured(machine, name, result.direction))
          if (round > 0) result[name].push(gigabitsPerSecond)
        }
    return results
  } finally {
    host.kill('SIGKILL')
    await ok(machine.docker('rm', '-f', 'iperf-vm', 'iperf-container'))
  }
}

function measured(machine: TestEnvironment, name: Network, direction: Cell['direction']): Promise<Transfer> {
  // The image has no `timeout`; the command has a limit of its own.
  const inside = (...[, , program, ...args]: string[]): Promise<string> =>
    ok(machine.docker('exec', `iperf-${name}`, `/usr/bin/${program}`, ...args))
  const outside = (...command: [string, ...string[]]): Promise<string> => ok(run(command))
  const sides = { host: 'host.docker.internal', mappedPort: ports[name], inside, outside }
  return transfer(sides, { streams: 1, direction }, seconds)
}

function startHostServer(): ChildProcess {
  const [program = '', ...args] = serve(port)
  return spawn(program, args, { stdio: 'ignore' })
}

async function importIperf(machine: TestEnvironment): Promise<void> {
  const { layer } = await iperfLayer(cachePaths())
  for (const name of ['bin', 'lib', 'lib64']) put(layer, symlink(name, `usr/${name}`))
  put(layer, directory('tmp', 0o1777))
  const tar = join(machine.dir, 'iperf.tar')
  await writeTar(sorted(layer), createWriteStream(tar))
  await ok(machine.docker('import', tar, 'iperf'))
  await rm(tar)
}
