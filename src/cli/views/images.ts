/** Cached guest images as a table, a page and documents. */
import type { CachedImage, Prunable, Pruned } from '../../apply/images/images.ts'
import type { ImageUse } from '../../apply/images/references.ts'
import { contentDigest, type ImageRecord } from '../../guest/image-record.ts'
import { megabytes } from './observations.ts'

const short = (digest: string): string => digest.replace('sha256:', '').slice(0, 12)

const units: readonly (readonly [string, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** `3 hours`; `now` below a minute. */
export function ageOf(then: Date, now: Date): string {
  const seconds = (now.getTime() - then.getTime()) / 1000
  for (const [name, size] of units) {
    const count = Math.floor(seconds / size)
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'}`
  }
  return 'now'
}

/** For example `dev: runs, ran last, generation 3 and 2 more`. */
export function usesText({ uses, current }: Pick<CachedImage, 'uses' | 'current'>): string {
  const perEnvironment = Map.groupBy(uses, ({ environment }) => environment)
  const texts = [...perEnvironment].map(([environment, all]) => `${environment}: ${namesOf(all)}`)
  if (current) texts.push('newest')
  return texts.length === 0 ? '-' : texts.join('; ')
}

const shown = 3

function namesOf(uses: readonly ImageUse[]): string {
  const names = uses.slice(0, shown).map(({ as }) => as)
  return uses.length > shown ? `${names.join(', ')} and ${uses.length - shown} more` : names.join(', ')
}

export function imagesView(images: readonly CachedImage[], now: Date): string {
  if (images.length === 0) return 'no images; `desktop image build` builds one\n'
  const rows = images.map((image) => [
    short(image.digest),
    megabytes(image.bytes),
    ageOf(image.builtAt, now),
    String(image.snapshots.length),
    image.record === undefined ? 'damaged' : usesText(image),
  ])
  return table([['IMAGE', 'SIZE', 'AGE', 'SNAPSHOTS', 'USED BY'], ...rows])
}

export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return rows.map((row) => `${line(row)}\n`).join('')
}

export interface ImageDocument {
  digest: string
  /** ISO 8601. */
  builtAt: string
  bytes: number
  damaged: boolean
  /** The default image, for a desktop.yaml without guest keys. */
  current: boolean
  uses: readonly ImageUse[]
  /** Golden snapshots of this image. */
  snapshots: readonly { key: string; usedAt: string; bytes: number }[]
}

export function imageDocument(image: CachedImage): ImageDocument {
  return {
    digest: image.digest,
    builtAt: image.builtAt.toISOString(),
    bytes: image.bytes,
    damaged: image.record === undefined,
    current: image.current,
    uses: image.uses,
    snapshots: image.snapshots.map((one) => ({
      key: one.key,
      usedAt: one.usedAt.toISOString(),
      bytes: one.bytes,
    })),
  }
}

export interface ImageDetails extends ImageDocument, Partial<Omit<ImageRecord, 'formatVersion' | 'digest'>> {
  dir: string
}

export function imageDetails(image: CachedImage): ImageDetails {
  const { formatVersion: _, ...record } = image.record ?? {}
  return { ...record, ...imageDocument(image), dir: image.dir }
}

export function imageView(image: CachedImage, now: Date): string {
  const { record } = image
  const rows = [
    ['digest', image.digest],
    ['folder', image.dir],
    ['built', `${image.builtAt.toISOString()} (${ageOf(image.builtAt, now)})`],
    ['size', megabytes(image.bytes)],
    ['used by', usesText(image)],
    [
      'snapshots',
      image.snapshots.map(({ key, bytes }) => `${key.slice(0, 12)} (${megabytes(bytes)})`).join(', ') || '-',
    ],
    ...(record === undefined
      ? [['state', 'damaged']]
      : [
          ['packages', `of ${record.source}`],
          ['content', contentDigest(record)],
          ['cmdline', record.cmdline],
          ...Object.entries(record.files).map(([name, { sizeBytes, sha256 }]) => [
            name,
            `${megabytes(sizeBytes)}, sha256:${sha256}`,
          ]),
        ]),
  ]
  const components = record?.components.map(
    ({ name, packages }) => `\n${name}\n${packages.map((one) => `  ${one.name} ${one.version}\n`).join('')}`,
  )
  return table(rows) + (components ?? []).join('')
}

export function prunedView({ removed, bytes }: Pruned, dryRun: boolean): string {
  if (removed.length === 0) return 'nothing to remove: every image is in use\n'
  const would = dryRun ? 'would free' : 'freed'
  const perKind = Map.groupBy(removed, ({ kind }) => kind)
  return `${[...perKind].map(kindText).join('')}${would} ${megabytes(bytes)}\n`
}

/** Counts packages instead of listing their digests. */
function kindText([kind, all]: [Prunable['kind'], readonly Prunable[]]): string {
  if (kind === 'package') return `${all.length} packages\n`
  return all
    .map(({ name, bytes }) => `${kind} ${kind === 'image' ? short(name) : name}  ${megabytes(bytes)}\n`)
    .join('')
}
