/**
 * Experiment: the stream link and a vhost-user link of the same forwarder, alternating on two cards of one VM. Needs
 * root, QEMU and iperf3.
 *
 *   node bench/net/vhost-user/compare.ts [--runs 3] [--seconds 1] [--mtu 1500,65520] [--streams 1] [--directions 0,1]
 *                                        [--out net-vhost-user]
 *
 * Columns as in bench/net/vm.ts; `ratio` is the vhost-user link's result divided by the stream link's of the same run.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import { cachePaths } from '../../../src/host/paths.ts'
import { benchGuest } from '../guest-image.ts'
import { again, type Cell, cellsOf, mapping, numbers, port, serve, transfer } from '../iperf.ts'
import { cpuSeconds, summary, writeResult } from '../measure.ts'
import { desktop, type Peer } from '../peers.ts'
import { withProcessorLoad } from '../processor-load.ts'
import { linkSocket } from '../start-peer.ts'
import { addNamespace, endAll } from '../testbed.ts'
import { Vm } from '../vm-guest.ts'
import { openVmLink, type VmLink } from '../vm-links.ts'
import { started } from '../workspace.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1' },
    mtu: { type: 'string', default: '1500,65520' },
    streams: { type: 'string', default: '1' },
    directions: { type: 'string', default: '0,1' },
    out: { type: 'string', default: 'net-vhost-user' },
  },
})

const stream = desktop()
const server = join(import.meta.dirname, 'serve.ts')
const vhost: Peer = {
  ...stream,
  name: 'vhost-user',
  start: ({ path, mtu, mappings }) => {
    const ports = mappings.flatMap(({ protocol, hostPort, guestPort }) => [
      '--map',
      `${protocol}:${hostPort}:${guestPort}`,
    ])
    const command = [server, '--link', path, '--mtu', `${mtu}`, ...ports]
    return spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  },
}
const namespace = `bench-net-${process.pid}`
const cells = cellsOf(values.streams, values.directions)

type Sample = Record<string, number>

async function run(vm: Vm, { forwarder, host }: VmLink, cell: Cell): Promise<Sample> {
  const used = () => ({ forwarder: cpuSeconds(forwarder!.pid!), ...vm.cpu() })
  const sides = { ...host, inside: (...command: string[]) => vm.inside(...command) }
  const { result, busy } = await withProcessorLoad(used, () => transfer(sides, cell, values.seconds))
  const perGigabyte = (seconds: number): number => (seconds * 1e9) / result.bytes
  return {
    gigabitsPerSecond: result.gigabitsPerSecond,
    forwarderSecondsPerGigabyte: perGigabyte(busy.seconds.forwarder),
    qemuSecondsPerGigabyte: perGigabyte(busy.seconds.io),
    guestSecondsPerGigabyte: perGigabyte(busy.seconds.guest),
    guestBusyPercent: busy.percent.guest,
  }
}

/**
 * QEMU 7.2 without KVM ends with a segmentation fault when the guest unmasks an MSI-X vector of a vhost-user card: it looks
 * for an irqfd, which only KVM has.
 */
const withoutMsix = ',vectors=0'

/** The card of the vhost-user link has a character device for its messages. */
function asVhost(vmLink: VmLink): VmLink {
  const more = ['-chardev', `socket,id=vhost,path=${linkSocket(vhost)}`]
  const netdev = (id: string): string => `vhost-user,id=${id},chardev=vhost`
  return { ...vmLink, card: { ...vmLink.card, netdev, more, properties: withoutMsix } }
}

async function measure(
  mtu: number,
  image: Awaited<ReturnType<typeof benchGuest>>,
): Promise<Map<Cell, Sample[][]>> {
  const children: ChildProcess[] = []
  const start = (...command: readonly string[]): void => {
    children.push(started(spawn(command[0]!, command.slice(1), { stdio: 'ignore' })))
  }
  addNamespace(namespace)
  try {
    const links = [
      await openVmLink(stream, { mtu, mapping, namespace, children }),
      asVhost(
        await openVmLink(vhost, {
          mtu,
          mapping: { ...mapping, hostPort: mapping.hostPort + 10 },
          namespace,
          children,
        }),
      ),
    ]
    start(...serve(port))
    const cards = links.map(({ card }) => card)
    await using vm = await Vm.boot({
      ...{ image, cards, cpus: 1, mtu, accelerator: 'tcg', namespace },
      isMemoryShared: true,
    })
    await vm.inside(...serve(mapping.guestPort), '-D')
    const samples = new Map(cells.map((cell): [Cell, Sample[][]] => [cell, []]))
    // The first run is for warm-up.
    for (let count = 0; count <= Number(values.runs); count += 1) {
      const results = cells.map((): Sample[] => [])
      for (const [index, vmLink] of links.entries()) {
        await vm.use(index)
        for (const [i, cell] of cells.entries()) results[i]!.push(await again(() => run(vm, vmLink, cell)))
      }
      if (count > 0) for (const [i, cell] of cells.entries()) samples.get(cell)!.push(results[i]!)
    }
    return samples
  } finally {
    await endAll(children)
    await $`ip netns del ${namespace}`
  }
}

const image = await benchGuest(cachePaths())
const rows: object[] = []
for (const mtu of numbers(values.mtu)) {
  for (const [cell, runs] of await measure(mtu, image)) {
    const fields = Object.keys(runs[0]![0]!)
    const each = (of: (run: Sample[], field: string) => number) =>
      Object.fromEntries(fields.map((field) => [field, summary(runs.map((one) => of(one, field)))]))
    const row = {
      stream: each(([ours], field) => ours![field]!),
      vhostUser: each(([, theirs], field) => theirs![field]!),
      ratio: each(([ours, theirs], field) => theirs![field]! / ours![field]!),
    }
    rows.push({ mtu, ...cell, ...row })
    for (const [name, figures] of Object.entries(row)) {
      const medians = Object.entries(figures).map(([field, { median }]) => `${field} ${median}`)
      console.log([mtu, cell.streams, cell.direction, name, ...medians].join('\t'))
    }
  }
  writeResult(values.out, { ...values, image: image.digest, rows })
}
