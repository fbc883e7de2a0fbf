/**
 * Cost of IPv6: one TCP stream to the host's loopback over IPv4 with IPv6 off, over IPv4 with IPv6 on, and
 * over IPv6, in alternating runs. Needs root, a C compiler and iperf3.
 *
 *   node bench/net/families.ts [--runs 5] [--seconds 1] [--mtu 1500,65520]
 */
import { parseArgs } from 'node:util'
import { cpuSeconds, summary, until, writeResult } from './measure.ts'
import { desktop } from './peers.ts'
import { Testbed, Tools } from './testbed.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    mtu: { type: 'string', default: '1500,65520' },
  },
})

const port = 5391
const prefix = 'fd65:1234:5678::'
const plain = desktop()
const dual = desktop(undefined, ['--subnet6', `${prefix}/64`])
const variants = [
  { name: 'IPv4 alone', peer: plain, host: plain.host },
  { name: 'IPv4 beside IPv6', peer: dual, host: plain.host },
  { name: 'IPv6', peer: dual, host: `${prefix}fe` },
] as const
const directions = [
  { name: 'guest to host', options: [] },
  { name: 'host to guest', options: ['-R'] },
] as const

async function measure(tools: Tools, mtu: number, { peer, host }: (typeof variants)[number]) {
  await using testbed = await Testbed.open(tools, peer, { mtu })
  testbed.startOutside(['iperf3', '-s', '-p', `${port}`])
  if (peer === dual) {
    const args = ['-6', '-o', 'addr', 'show', 'dev', 'tap0', 'scope', 'global', '-tentative']
    await until(async () => (await testbed.inside('ip', ...args)).includes(prefix.slice(0, -1)), 'an address')
  }
  const results = []
  for (const { options } of directions) {
    const client = ['iperf3', '-c', host, '-p', `${port}`, '-t', values.seconds, '-J', ...options]
    const before = cpuSeconds(testbed.pid)
    const { bits_per_second, bytes } = JSON.parse(await testbed.inside(...client)).end.sum_received
    const used = cpuSeconds(testbed.pid) - before
    results.push({ gigabits: bits_per_second / 1e9, cpu: (used * 1e9) / bytes })
  }
  return results
}

const tools = new Tools()
const rows: object[] = []
for (const mtu of values.mtu.split(',').map(Number)) {
  const runs = variants.map((): Awaited<ReturnType<typeof measure>>[] => [])
  for (let count = 0; count < Number(values.runs); count += 1) {
    for (const [i, variant] of variants.entries()) runs[i]!.push(await measure(tools, mtu, variant))
  }
  for (const [d, direction] of directions.entries()) {
    const alone = runs[0]!.map((run) => run[d]!.gigabits)
    for (const [i, { name }] of variants.entries()) {
      const speeds = runs[i]!.map((run) => run[d]!.gigabits)
      const row = {
        ...{ mtu, direction: direction.name, variant: name, gigabitsPerSecond: summary(speeds) },
        cpuSecondsPerGigabyte: summary(runs[i]!.map((run) => run[d]!.cpu)),
        ratioToIpv4Alone: summary(speeds.map((speed, run) => speed / alone[run]!)),
      }
      rows.push(row)
      const { median, min, max } = row.gigabitsPerSecond
      console.log(
        [mtu, direction.name, name, `${median} (${min}-${max})`, `${row.ratioToIpv4Alone.median}x`].join(
          '\t',
        ),
      )
    }
  }
  writeResult('net-families', { ...values, rows })
}
