/**
 * Seconds from starting QEMU to a reply to `GET /_ping`, medians of N boots of the built image: the first
 * boot of a blank disk and later boots. Uses QEMU's user netdev instead of the forwarder, to measure the
 * guest alone. Each run also boots without AppArmor and, under emulation, with address space layout
 * randomisation (`vm.aslr: always`).
 *
 *   node bench/boot.ts [--runs 5] [--cpus 2] [--accelerator tcg] [--tcg-thread single] [--no-variants] [--before DIR]…
 *                     [--result boot-variants]
 *
 * `--before` is the directory of an earlier image, booted in turns with the built one.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import type { Accelerator } from '../src/config/desired.ts'
import { buildGuest } from '../src/guest/build.ts'
import type { GuestImage } from '../src/guest/image.ts'
import { asImage, readRecord } from '../src/guest/image-record.ts'
import { metadataFile, metadataIso } from '../src/guest/metadata/tree.ts'
import { renderLinuxkit, tcgArguments } from '../src/guest/render.ts'
import { cachePaths } from '../src/host/paths.ts'
import { type TcgThread, tcgThreadOf } from '../src/vm/qemu/tcg-thread.ts'
import { addresses, type Boot, bootOnce, panics, type Variant } from './boot-machine.ts'

const { values } = parseArgs({
  allowNegative: true,
  options: {
    runs: { type: 'string', default: '5' },
    cpus: { type: 'string', default: '2' },
    accelerator: { type: 'string', default: 'tcg' },
    'tcg-thread': { type: 'string' },
    before: { type: 'string', multiple: true, default: [] },
    variants: { type: 'boolean', default: true },
    result: { type: 'string', default: 'boot' },
  },
})
const accelerator = values.accelerator as Accelerator
// As `desktop` itself runs this QEMU, unless it is said.
const tcgThread =
  (values['tcg-thread'] as TcgThread | undefined) ??
  tcgThreadOf((await $`qemu-system-x86_64 --version`).stdout)

type Aslr = 'auto' | 'always'

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const of = (boots: readonly Boot[], what: keyof Boot) => {
  const all = boots.map((boot) => boot[what])
  return { median: median(all), all }
}

const shown = (boots: readonly Boot[]): string =>
  `${of(boots, 'seconds').median.toFixed(1)} s (${of(boots, 'cpuSeconds').median.toFixed(1)} s of CPU)`

/** Keys of the built image without a suffix, of others with theirs: firstBootSeconds, firstBootWithAslrSeconds. */
async function writeResult(
  boots: ReadonlyMap<string, { first: readonly Boot[]; later: readonly Boot[] }>,
  seen: number,
): Promise<void> {
  const figures = [...boots].flatMap(([name, { first, later }]) => [
    [`firstBoot${name}Seconds`, of(first, 'seconds')],
    [`laterBoot${name}Seconds`, of(later, 'seconds')],
    [`firstBoot${name}CpuSeconds`, of(first, 'cpuSeconds')],
    [`laterBoot${name}CpuSeconds`, of(later, 'cpuSeconds')],
  ])
  const result = {
    date: new Date().toISOString(),
    accelerator,
    tcgThread,
    cpus: Number(values.cpus),
    image: image.digest,
    before: before.map(({ digest }) => digest),
    load: loadavg()[0],
    panics: seen,
    ...Object.fromEntries(figures),
  }
  const results = join(import.meta.dirname, 'results')
  await mkdir(results, { recursive: true })
  await writeFile(join(results, `${values.result}.json`), `${JSON.stringify(result, null, 2)}\n`)
}

async function imageBefore(from: string): Promise<GuestImage> {
  const record = await readRecord(from)
  if (record === undefined) throw new Error(`${from} is no image`)
  return asImage(from, record)
}

/** Arguments that came with this image; an earlier one gets those of its time. */
const cmdlineOf = ({ cmdline }: GuestImage, aslr: Aslr): string =>
  accelerator === 'tcg' ? `${cmdline} ${tcgArguments(aslr)}` : cmdline
const added = 'cryptomgr.notests=1 '

const image = await buildGuest({ linuxkitYaml: await renderLinuxkit() }, { cache: cachePaths() })
const before = await Promise.all(values.before.map(imageBefore))
const variants: readonly Variant[] = [
  { name: '', image, cmdline: cmdlineOf(image, 'auto') },
  ...before.map((image, index) => ({
    name: `Before${index + 1}`,
    image,
    cmdline: cmdlineOf(image, 'auto').replace(added, ''),
  })),
  ...(values.variants
    ? [{ name: 'WithoutAppArmor', image, cmdline: `${cmdlineOf(image, 'auto')} apparmor=0` }]
    : []),
  ...(accelerator === 'tcg' && values.variants
    ? [{ name: 'WithAslr', image, cmdline: cmdlineOf(image, 'always') }]
    : []),
]
const dir = await mkdtemp(join(tmpdir(), 'desktop-bench-'))
try {
  const metadata = {
    hostname: metadataFile('bench\n'),
    docker: { entries: { 'daemon.json': metadataFile('{}\n') } },
    network: { entries: { gateway: metadataFile(`${addresses.gateway}\n`) } },
  }
  await writeFile(join(dir, 'metadata.iso'), metadataIso(metadata))
  const host = { cpus: Number(values.cpus), accelerator, tcgThread, dir }
  const boots = new Map(variants.map(({ name }) => [name, { first: [] as Boot[], later: [] as Boot[] }]))
  for (let run = 0; run < Number(values.runs); run++) {
    // In turns, so that a busy moment of the host does not count for one of them only.
    for (const variant of run % 2 === 0 ? variants : variants.toReversed()) {
      await $`qemu-img create -q -f qcow2 ${join(dir, 'data.qcow2')} 20G`
      const [first, later] = [await bootOnce(variant, host), await bootOnce(variant, host)]
      boots.get(variant.name)?.first.push(first)
      boots.get(variant.name)?.later.push(later)
      const load = loadavg()[0]?.toFixed(1)
      console.log(
        `run ${run + 1}, ${variant.name}: first ${shown([first])}, later ${shown([later])}, load ${load}, ${await panics(dir)} panics so far`,
      )
    }
    await writeResult(boots, await panics(dir))
  }
  for (const [name, { first, later }] of boots)
    console.log(`median, ${name}: first boot ${shown(first)}, later boots ${shown(later)}`)
} finally {
  await rm(dir, { recursive: true, force: true })
}
