/** Sections of docs/performance.md, in order: the benchmark and table of each. */
import { networkSections } from './network-sections.ts'
import { figures, head, line, named, number, type Section } from './tables.ts'

export const sections: readonly Section[] = [
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
    text: [
      'Cold boot until `GET /_ping` answers, in seconds; emulated CPU. CPU time is that of QEMU, the figure least affected',
      'by other load on the host. Images of earlier commits boot in turns with the present one.',
    ],
    table: (results) => {
      const images = { '': '', Before1: ', image before decision 0237', Before2: ', image of 26 November' }
      const names = Object.entries(images).flatMap(([key, image]) => [
        [`firstBoot${key}Seconds`, `first boot${image}`],
        [`laterBoot${key}Seconds`, `later boots${image}`],
        [`firstBoot${key}CpuSeconds`, `CPU time, first boot${image}`],
        [`laterBoot${key}CpuSeconds`, `CPU time, later boots${image}`],
      ])
      return named(results as never, Object.fromEntries(names.filter(([key = '']) => key in results)))
    },
  },
  {
    title: 'Boot with ASLR, and without AppArmor',
    command: 'node bench/boot.ts --result boot-variants',
    file: 'boot-variants',
    text: [
      'As above, with one kernel argument changed, in turns. `vm.aslr` is `auto`: no ASLR on an emulated CPU.',
    ],
    table: (results) =>
      named(results as never, {
        laterBootSeconds: 'later boots',
        laterBootWithAslrSeconds: 'later boots, `vm.aslr: always`',
        laterBootWithoutAppArmorSeconds: 'later boots, `apparmor=0`',
        laterBootCpuSeconds: 'CPU time, later boots',
        laterBootWithAslrCpuSeconds: 'CPU time, later boots, `vm.aslr: always`',
        laterBootWithoutAppArmorCpuSeconds: 'CPU time, later boots, `apparmor=0`',
      }),
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
    title: 'Several machines',
    command: 'node bench/machines.ts',
    file: 'machines',
    text: [
      'Three managers of 512 MiB, whose golden snapshot exists; memory of each in MiB, QEMU and supervisor together, after a',
      'minute. On an emulated CPU, QEMU also keeps the translated code, about 235 MiB: see [0249](decisions/0249-clones-map-the-memory-of-their-golden-snapshot.md).',
    ],
    table: ({ secondsToThreeManagers, mebibytes }) =>
      named({ secondsToThreeManagers, ...(mebibytes as object) } as never, {
        secondsToThreeManagers: '`desktop apply` until three managers form a swarm, s',
        private: 'pages of one machine alone, MiB',
        pss: 'with its share of common pages, MiB',
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
      "dockerd's own events. `docker load` waits for dockerd, which uses an emulated CPU for all of that time. Throughput is",
      "of one iperf3 stream; its peer is the same image in the VM's network. Run at real-time priority; the load is of others.",
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
  ...networkSections,
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
