/**
 * Guest build steps that apt and dpkg-deb performed before decision 0125, compared with ours in one run: the
 * package index, and unpacking every package of the guest. Medians of N rounds of CPU time, which stays
 * comparable on a loaded host.
 *
 *   node bench/debian-packages.ts [--runs 3] [--out bench/results/debian-packages.json]
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { refreshLock } from '../src/guest/build.ts'
import { debFiles } from '../src/guest/debian/deb.ts'
import { debPath, fetchDebs } from '../src/guest/debian/debs.ts'
import { lockedPackages } from '../src/guest/debian/lock.ts'
import { findMirrors } from '../src/guest/debian/mirror.ts'
import { openIndex, updateIndex } from '../src/guest/debian/package-index.ts'
import { cachedLock } from '../src/guest/digest.ts'
import { cachePaths } from '../src/host/paths.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, out: { type: 'string' } },
})

interface Cost {
  seconds: number
  cpuSeconds: number
}

async function ours(work: () => Promise<void>): Promise<Cost> {
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 }
}

function theirs(script: string): Cost {
  const timed = `TIMEFORMAT='%R %U %S'; time { ${script}\n}`
  const { stderr, status } = spawnSync('bash', ['-ec', timed], { encoding: 'utf8' })
  const [seconds = 0, user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  if (status !== 0) throw new Error(stderr)
  return { seconds, cpuSeconds: user + system }
}

const median = (costs: readonly Cost[], key: keyof Cost): number =>
  costs.map((one) => one[key]).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? Number.NaN

const dir = await mkdtemp(join(tmpdir(), 'desktop-bench-'))
try {
  const cache = cachePaths()
  const lock = (await cachedLock(cache)) ?? (await refreshLock({ cache }))
  const packages = lockedPackages(lock)
  await fetchDebs(cache.debsDir, packages, { index: () => openIndex(cache.aptDir) })
  const debs = packages.map((one) => debPath(cache.debsDir, one))

  const aptRoot = join(dir, 'apt')
  for (const path of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(aptRoot, path), { recursive: true })
  await writeFile(join(aptRoot, 'status'), '')
  const sources = (await findMirrors()).map(({ uri, suite }) => `deb ${uri} ${suite} main\n`)
  await writeFile(join(aptRoot, 'sources.list'), sources.join(''))
  const options = [
    `Dir::State=${aptRoot}`,
    `Dir::State::status=${aptRoot}/status`,
    `Dir::State::lists=${aptRoot}/lists`,
    `Dir::Cache=${aptRoot}/cache`,
    `Dir::Etc::sourcelist=${aptRoot}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    'APT::Sandbox::User=',
    'APT::Architecture=amd64',
    'Acquire::Languages=none',
    'APT::Update::Post-Invoke=',
  ].map((one) => `-o ${one}`)

  const peers = {
    index: {
      ours: () =>
        ours(() =>
          rm(join(dir, 'ours'), { recursive: true, force: true }).then(() => updateIndex(join(dir, 'ours'))),
        ),
      theirs: () =>
        theirs(
          `rm -rf ${aptRoot}/lists/*; mkdir -p ${aptRoot}/lists/partial; apt-get ${options.join(' ')} -qq update`,
        ),
    },
    unpack: {
      ours: () =>
        ours(async () => {
          for (const deb of debs) for await (const _chunk of await debFiles(deb));
        }),
      theirs: () => theirs(debs.map((deb) => `dpkg-deb --fsys-tarfile ${deb} >/dev/null`).join('\n')),
    },
  }
  const results: Record<string, unknown> = {}
  for (const [name, { ours, theirs }] of Object.entries(peers)) {
    const [own, other]: [Cost[], Cost[]] = [[], []]
    for (let run = 0; run < Number(values.runs); run++) {
      own.push(await ours())
      other.push(theirs())
    }
    const row = {
      ours: { seconds: median(own, 'seconds'), cpuSeconds: median(own, 'cpuSeconds') },
      theirs: { seconds: median(other, 'seconds'), cpuSeconds: median(other, 'cpuSeconds') },
      cpuRatio: median(own, 'cpuSeconds') / median(other, 'cpuSeconds'),
      secondsRatio: median(own, 'seconds') / median(other, 'seconds'),
    }
    results[name] = row
    process.stdout.write(`${name}: ${JSON.stringify(row)}\n`)
  }
  const bytes = packages.reduce((sum, one) => sum + one.sizeBytes, 0)
  const result = {
    packages: packages.length,
    bytes,
    runs: Number(values.runs),
    peers: 'apt-get update, dpkg-deb',
    results,
  }
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`)
} finally {
  await rm(dir, { recursive: true, force: true })
}
