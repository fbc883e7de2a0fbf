/**
 * Throughput between a real VM and the host, by MTU, number of streams and direction. This project's forwarder,
 * passt, slirp4netns and QEMU's user netdev (libslirp) alternate, each on a separate network card of one VM.
 * guest-image.ts builds the guest. Needs root, QEMU, iperf3 and the peers.
 *
 *   node bench/net/vm.ts [--quick] [--runs 5] [--seconds 1] [--mtu 1500,9000,65520] [--streams 1,4]
 *                        [--peers desktop,passt,slirp4netns,libslirp] [--directions 0,1,2,3] [--cpus 1]
 *                        [--accelerator tcg] [--out net-vm]
 *
 * `--quick` takes about four minutes, the full benchmark twelve.
 *
 * CPU seconds per gigabyte are reported for the forwarder, for the forwarder plus QEMU's main thread (`io`: everything
 * that moves frames outside the guest, including libslirp), and for the guest's CPUs. `…BusyPercent` is the share of
 * one CPU that each uses during a transfer. If the guest's CPU is fully used, as under emulation, the guest is the
 * bottleneck: the figures then show the throughput of such a VM, not the forwarder's capacity, which throughput.ts
 * measures. The MTU of libslirp is fixed at 1500.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import type { Accelerator } from '../../src/config/desired.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { besides, nameOfPart, rowsOf, type Sample, shown } from './compare.ts'
import { benchGuest } from './guest-image.ts'
import { again, type Cell, cellsOf, mapping, numbers, port, serve, transfer } from './iperf.ts'
import { cpuSeconds, writeResult } from './measure.ts'
import { desktop, libslirp, passt, slirp4netns } from './peers.ts'
import { withProcessorLoad } from './processor-load.ts'
import { addNamespace, endAll } from './testbed.ts'
import { Vm } from './vm-guest.ts'
import { bridgeTaps, openVmLink, type VmLink } from './vm-links.ts'
import { started } from './workspace.ts'

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seconds: { type: 'string', default: '1' },
    mtu: { type: 'string' },
    streams: { type: 'string' },
    peers: { type: 'string' },
    directions: { type: 'string' },
    cpus: { type: 'string', default: '1' },
    accelerator: { type: 'string', default: 'tcg' },
    out: { type: 'string' },
  },
})
const all = { mtu: '1500,9000,65520', streams: '1,4', peers: 'desktop,passt,slirp4netns,libslirp' }
const values = {
  ...all,
  ...(given.quick ? { runs: '3', directions: '0,1' } : { runs: '5', directions: '0,1,2,3' }),
  ...given,
}
const { mtu: mtus, streams, peers: names, directions } = given
const whole = given.quick ? 'net-vm-quick' : 'net-vm'
const out = given.out ?? nameOfPart(whole, { mtu: mtus, streams, peers: names, directions })

const peers = [desktop(), passt, slirp4netns, libslirp].filter(({ name }) =>
  values.peers.split(',').includes(name),
)
const cells = cellsOf(values.streams, values.directions)
const namespace = `bench-net-${process.pid}`

async function run(vm: Vm, { forwarder, host }: VmLink, cell: Cell): Promise<Sample> {
  const used = () => ({ forwarder: forwarder === undefined ? 0 : cpuSeconds(forwarder.pid!), ...vm.cpu() })
  const sides = { ...host, inside: (...command: string[]) => vm.inside(...command) }
  const { result, busy } = await withProcessorLoad(used, () => transfer(sides, cell, values.seconds))
  const perGigabyte = (seconds: number): number => (seconds * 1e9) / result.bytes
  const { seconds, percent } = busy
  const ofForwarder = {
    cpuSecondsPerGigabyte: perGigabyte(seconds.forwarder),
    forwarderBusyPercent: percent.forwarder,
  }
  return {
    gigabitsPerSecond: result.gigabitsPerSecond,
    ...(forwarder === undefined ? {} : ofForwarder),
    ioCpuSecondsPerGigabyte: perGigabyte(seconds.forwarder + seconds.io),
    qemuBusyPercent: percent.io,
    guestCpuSecondsPerGigabyte: perGigabyte(seconds.guest),
    guestBusyPercent: percent.guest,
  }
}

/** All runs with one MTU, in one VM. */
async function measure(mtu: number): Promise<Map<string, Map<Cell, Sample>[]>> {
  const children: ChildProcess[] = []
  const start = (...command: readonly string[]): void => {
    children.push(started(spawn(command[0]!, command.slice(1), { stdio: 'ignore' })))
  }
  addNamespace(namespace)
  try {
    const vmLinks: VmLink[] = []
    for (const [index, peer] of peers.entries()) {
      if (peer === libslirp && mtu !== 1500) continue
      const own = { ...mapping, hostPort: mapping.hostPort + 10 * index }
      vmLinks.push(await openVmLink(peer, { mtu, mapping: own, namespace, children }))
    }
    start(...serve(port))
    start('ip', 'netns', 'exec', namespace, ...serve(port))
    const accelerator = values.accelerator as Accelerator
    const cards = vmLinks.map(({ card }) => card)
    await using vm = await Vm.boot({ image, cards, cpus: Number(values.cpus), mtu, accelerator, namespace })
    if (peers.includes(slirp4netns)) bridgeTaps(namespace, mtu)
    await vm.inside(...serve(mapping.guestPort), '-D')
    const runs = new Map(vmLinks.map(({ name }): [string, Map<Cell, Sample>[]] => [name, []]))
    // The first run is for warm-up.
    for (let count = 0; count <= Number(values.runs); count += 1) {
      for (const [index, vmLink] of vmLinks.entries()) {
        await vm.use(index)
        const samples = new Map<Cell, Sample>()
        const wanted = count === 0 ? cellsOf('1', values.directions) : cells
        for (const cell of wanted) samples.set(cell, await again(() => run(vm, vmLink, cell)))
        if (count > 0) runs.get(vmLink.name)!.push(samples)
      }
    }
    return runs
  } finally {
    await endAll(children)
    await $`ip netns del ${namespace}`
  }
}

const image = await benchGuest(cachePaths())
const rows: object[] = []
for (const mtu of numbers(values.mtu)) {
  const runs = await measure(mtu)
  for (const cell of cells) {
    for (const { peer, medians, ratioTo } of rowsOf(runs, cell, [
      'gigabitsPerSecond',
      'ioCpuSecondsPerGigabyte',
    ])) {
      const { gigabitsPerSecond = {}, ioCpuSecondsPerGigabyte = {} } = ratioTo
      const ratios =
        peer === 'desktop' ? { ratioTo: gigabitsPerSecond, ioCpuRatioTo: ioCpuSecondsPerGigabyte } : {}
      rows.push({ mtu, ...cell, peer, ...medians, ...ratios })
      const median = (field: string): number | string => medians[field]?.median ?? '-'
      const costs = [
        `${median('cpuSecondsPerGigabyte')} / ${median('ioCpuSecondsPerGigabyte')} s/GB`,
        `busy: guest ${median('guestBusyPercent')} % QEMU ${median('qemuBusyPercent')} % forwarder ${median('forwarderBusyPercent')} %`,
      ]
      console.log(
        [
          mtu,
          cell.streams,
          cell.direction,
          peer,
          shown(medians.gigabitsPerSecond!),
          ...costs,
          ...besides(gigabitsPerSecond),
        ].join('\t'),
      )
    }
  }
  writeResult(out, { ...values, image: image.digest, rows })
}
