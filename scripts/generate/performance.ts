/** docs/performance.md: every figure from bench/results, compared to its peers, with date and load of its run. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

interface Range {
  median: number
  min: number
  max: number
}

type Row = Readonly<Record<string, unknown>>

interface Results {
  date: string
  load?: string | number
  loadAtEnd?: number
  runs?: number
  rows: readonly Row[]
  figures: readonly Row[]
  [key: string]: unknown
}

/** What a section shows: one table for a file of results. */
interface Section {
  title: string
  command: string
  file: string
  text: readonly string[]
  table: (results: Results) => readonly string[]
}

const number = (value: number): string =>
  String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)))

const rangeText = ({ median, min, max }: Range): string =>
  min === max ? number(median) : `${number(median)} (${number(min)}–${number(max)})`

const rangeOf = ({ median, all }: { median: number; all: readonly number[] }): Range => ({
  median,
  min: Math.min(...all),
  max: Math.max(...all),
})

/** Some results keep a count as a range of equal values. */
const keyText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? number((value as Range).median) : String(value)

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const head = (cells: readonly string[]): string[] => [line(cells), `|${'---|'.repeat(cells.length)}`]

/** A row for each combination of the keys, a column for each peer, and the ratio to each peer where it was measured. */
function beside(
  { rows }: Results,
  { keys, metric, peerKey = 'peer' }: { keys: readonly string[]; metric: string; peerKey?: string },
): string[] {
  const peers = [...new Set(rows.map((row) => String(row[peerKey])))]
  const groups = Map.groupBy(rows, (row) => keys.map((key) => keyText(row[key])).join(' · '))
  const hasRatios = rows.some(({ ratioTo }) => ratioTo !== undefined)
  const others = peers.filter((peer) => peer !== 'desktop')
  const table = [...groups].map(([group, members]) => {
    const of = (peer: string): Row | undefined => members.find((row) => row[peerKey] === peer)
    const cells = peers.map((peer) => {
      const value = of(peer)?.[metric] as Range | undefined
      return value === undefined ? '' : rangeText(value)
    })
    const ratioTo = of('desktop')?.ratioTo as Readonly<Record<string, Range>> | undefined
    const ratios = others.map((peer) =>
      ratioTo?.[peer] === undefined ? '' : `${number(ratioTo[peer].median)} ×`,
    )
    return line([group, ...cells, ...(hasRatios ? ratios : [])])
  })
  return [
    ...head([keys.join(' · '), ...peers, ...(hasRatios ? others.map((peer) => `to ${peer}`) : [])]),
    ...table,
  ]
}

/** Each figure of a file by itself. */
function figures({ figures }: Results): string[] {
  const rows = figures.map((figure) => {
    const { what, unit, target } = figure as { what: string; unit: string; target: string }
    return line([what, `${rangeText(figure as unknown as Range)} ${unit}`, target])
  })
  return [...head(['', 'median (range)', 'target']), ...rows]
}

/** `{ median, all }` under names that are told in words. */
const named = (
  values: Readonly<Record<string, { median: number; all: readonly number[] }>>,
  names: Readonly<Record<string, string>>,
): string[] => [
  ...head(['', 'median (range)']),
  ...Object.entries(names).map(([key, text]) => {
    const value = values[key]
    if (value === undefined) throw new Error(`bench/results has no ${key}`)
    return line([text, rangeText(rangeOf(value))])
  }),
]

const throughput = (results: Results): string[] =>
  beside(results, { keys: ['mtu', 'direction', 'streams'], metric: 'gigabitsPerSecond' })

const sections: readonly Section[] = [
  {
    title: 'Commands',
    command: 'node bench/commands.ts',
    file: 'commands',
    text: ['Run at real-time priority, so that other processes do not distort the figures.'],
    table: figures,
  },
  {
    title: 'Boot',
    command: 'node bench/boot.ts',
    file: 'boot',
    text: ['Cold boot until `GET /_ping` answers, in seconds; emulated CPU.'],
    table: (results) =>
      named(results as never, { firstBootSeconds: 'first boot', laterBootSeconds: 'later boots' }),
  },
  {
    title: 'Suspend, resume, fresh environments',
    command: 'node bench/suspend.ts',
    file: 'suspend',
    text: ['In seconds; the memory of the idle guest in MiB.'],
    table: ({ seconds }) =>
      named(seconds as never, {
        suspend: '`desktop stop`',
        resume: '`desktop start` until `GET /_ping` answers',
        freshFromGolden: '`desktop apply` of a fresh environment, from a golden snapshot',
        freshBoot: '`desktop apply` of a fresh environment, cold boot',
        idleMemoryMiB: 'idle guest, MiB',
      }),
  },
  {
    title: 'Many port mappings, many DNS hosts',
    command: 'node bench/mappings.ts',
    file: 'mappings',
    text: ['In seconds, by the number of entries in the file.'],
    table: ({ figures }) => [
      ...head([
        'entries',
        'plan that adds all',
        'plan without changes',
        'apply',
        'JSON event log, share of apply',
      ]),
      ...figures.map((figure) => {
        const {
          mappings,
          hosts,
          planThatAddsAllSeconds,
          planWithoutChangesSeconds,
          applySeconds,
          tellingPercentOfApply,
        } = figure as Record<string, { median: number } & number>
        const median = (value: { median: number } | undefined): string => number(value?.median ?? Number.NaN)
        return line([
          mappings === undefined ? `${hosts} DNS hosts` : `${mappings} mappings`,
          median(planThatAddsAllSeconds),
          median(planWithoutChangesSeconds),
          String(applySeconds),
          `${tellingPercentOfApply} %`,
        ])
      }),
    ],
  },
  {
    title: 'Repair',
    command: 'node bench/repair.ts',
    file: 'repair',
    text: [
      'Milliseconds until lost state is restored, or a cause is known. The command and the supervisor are real, QEMU runs',
      'without a guest: a guest adds its own time to boots and restarts, and none to the rest.',
    ],
    table: ({ figures }) => [
      ...head(['failure', 'median', 'maximum', 'bound']),
      ...figures.map(({ what, medianMs, maxMs, boundMs }) =>
        line([what, medianMs, maxMs, boundMs].map(String)),
      ),
    ],
  },
  {
    title: 'The page and container names',
    command: 'node bench/page.ts',
    file: 'page',
    text: [
      'On an emulated VM. The page shows its flows beside 100 held connections, in Chromium on the same two cores.',
    ],
    table: figures,
  },
  {
    title: 'Docker operations',
    command: 'node bench/docker.ts',
    file: 'docker',
    text: [
      'On an emulated VM. Ratio of exec: the time that a client on the host sees, divided by the time between',
      "dockerd's own events.",
    ],
    table: figures,
  },
  {
    title: 'Reconcile',
    command: 'node bench/reconcile.ts',
    file: 'reconcile',
    text: [],
    table: ({ figures }) => [
      ...head(['state', 'resources', 'ms', 'µs per resource']),
      ...figures.map(({ world, resources, medianMs, microsecondsPerResource }) =>
        line([world, resources, medianMs, microsecondsPerResource].map(String)),
      ),
    ],
  },
  {
    title: 'Throughput with a tap as the guest',
    command: 'node bench/net/throughput.ts',
    file: 'net-throughput',
    text: [
      'Gbit/s of iperf3. The guest is Linux in a network namespace behind a tap. The same bridge process, for all peers, connects',
      "the tap to the forwarder's socket. All share two cores. The targets are 1 × passt and 2 × slirp4netns. Where the ratio",
      'to passt is very large, passt lost frames and stalled.',
    ],
    table: throughput,
  },
  {
    title: 'Throughput with 32 streams',
    command: 'node bench/net/throughput.ts --streams 32 --peers desktop,passt',
    file: 'net-throughput-32',
    text: [],
    table: throughput,
  },
  {
    title: 'Throughput compared to passt of 2025',
    command: 'PASST=… node bench/net/throughput.ts --peers desktop,passt',
    file: 'net-throughput-passt-2025',
    text: ['passt of 2025-05-03, from Debian 13.'],
    table: throughput,
  },
  {
    title: 'Throughput of a VM',
    command: 'node bench/net/vm.ts --quick',
    file: 'net-vm-quick',
    text: [
      'Gbit/s. The CPU is emulated, and the guest is the bottleneck: it is busy 80 to 95 % of the time.',
    ],
    table: throughput,
  },
  {
    title: 'Round-trip latency of one byte',
    command: 'node bench/net/latency.ts',
    file: 'net-latency',
    text: ['Median in µs. "host to guest" goes through a mapped port. The target is 1.2 × passt.'],
    table: (results) => beside(results, { keys: ['direction'], metric: 'latencyP50Us' }),
  },
  {
    title: 'Connections opened and closed per second',
    command: 'node bench/net/latency.ts',
    file: 'net-latency',
    text: [],
    table: (results) => beside(results, { keys: ['direction'], metric: 'connectsPerSecond' }),
  },
  {
    title: 'Downloads by name',
    command: 'node bench/net/names.ts',
    file: 'net-names',
    text: [
      'MB/s of one download with curl from a guest in a namespace, compared to a plain mapped port. Two cores serve the guest,',
      'its bridge, the forwarder and curl, which also decrypts.',
    ],
    table: ways,
  },
  {
    title: 'Datagrams received per second, of 200,000 sent',
    command: 'node bench/net/datagrams.ts',
    file: 'net-datagrams',
    text: [],
    table: (results) => beside(results, { keys: ['direction', 'bytes'], metric: 'receivedPerSecond' }),
  },
  {
    title: 'DNS queries per second',
    command: 'node bench/net/dns.ts',
    file: 'net-dns',
    text: [
      '`static`: names in the file; `remembered`: cached answers; `forwarded`: sent upstream each time.',
    ],
    table: (results) =>
      beside(results, { keys: ['kind', 'channel'], metric: 'queriesPerSecond', peerKey: 'server' }),
  },
  {
    title: '10,000 open connections',
    command: 'node bench/net/flows.ts --only held',
    file: 'net-flows-held',
    text: ['Resident memory of the forwarder, in MB.'],
    table: (results) => beside(results, { keys: ['flows'], metric: 'megabytesHeld' }),
  },
  {
    title: 'A new connection during 10,000 pending ones',
    command: 'node bench/net/flows.ts --only dials-over-many',
    file: 'net-flows-dials-over-many',
    text: [
      'Longest connect time in ms while 10,000 unanswered connections, each to a different address, are started.',
    ],
    table: (results) => beside(results, { keys: ['dials'], metric: 'duringMaxMs' }),
  },
  {
    title: 'Throughput lost to eight stalled flows',
    command: 'node bench/net/flows.ts --only slow',
    file: 'net-flows-slow',
    text: ['In percent.'],
    table: (results) =>
      beside(
        { ...results, rows: results.rows.map((row) => ({ ...row, flows: 8 })) },
        { keys: ['flows'], metric: 'lossPercent' },
      ),
  },
  {
    title: 'Shared folders',
    command: 'node bench/shares.ts',
    file: 'shares',
    text: [
      'MiB/s of a read in the guest: a share, virtiofs of QEMU set up manually, and the data disk for scale.',
    ],
    table: ({ mebibytesPerSecond }) =>
      named(mebibytesPerSecond as never, { desktop: 'share', plain: 'manual virtiofs', disk: 'data disk' }),
  },
]

function ways({ rows }: Results): string[] {
  const columns = ['MTU · protocol', 'MB/s', 'ratio to the mapped port', 'forwarder, CPU ms per 100 MB']
  const table = rows.map((row) => {
    const [speed, ratio, cost] = ['megabytesPerSecond', 'toMapped', 'cpuMsPer100Megabytes'].map((key) =>
      rangeText(row[key] as Range),
    )
    return line([`${row.mtu} · ${row.way}`, speed ?? '', ratio ?? '', cost ?? ''])
  })
  return [...head(columns), ...table]
}

const intro = [
  '# Performance',
  '',
  'Generated from `bench/results` by `npm run generate`. Each section shows the benchmark command that measured it.',
  '',
  'Cells are medians, with the range in brackets. Peers run alternately, and a ratio is the median of the ratios of adjacent',
  'runs. The machine has two cores and no usable KVM, and is otherwise idle.',
  '',
]

export async function performancePage(root: string): Promise<string> {
  const parts = await Promise.all(
    sections.map(async ({ title, command, file, text, table }) => {
      const results = JSON.parse(await readFile(join(root, `bench/results/${file}.json`), 'utf8')) as Results
      const load = results.load ?? results.loadAtEnd
      const facts = [
        results.date.slice(0, 10),
        ...(results.runs === undefined ? [] : [`${results.runs} runs`]),
        ...(load === undefined ? [] : [`load ${String(load).split(/[ ,]/)[0]}`]),
      ]
      return [
        `## ${title}`,
        '',
        `\`${command}\` · ${facts.join(' · ')}`,
        '',
        ...(text.length > 0 ? [...text, ''] : []),
        ...table(results),
        '',
      ].join('\n')
    }),
  )
  return `${intro.join('\n')}\n${parts.join('\n')}`
}
