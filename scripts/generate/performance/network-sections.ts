/** Sections on the forwarder. */
import { beside, type Section, throughput, ways } from './tables.ts'

export const networkSections: readonly Section[] = [
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
    title: 'Throughput compared to passt of 2026',
    command: 'PASST=… node bench/net/throughput.ts --peers desktop,passt',
    file: 'net-throughput-passt-2026',
    text: ['passt of 2026-10-02, from Debian unstable (`bench/net/newer-passt.ts`).'],
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
]
