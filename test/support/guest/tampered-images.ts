/** Changes to an exported guest image that an import must notice. */
import { createHash } from 'node:crypto'
import { imageDigest } from '../../../src/guest/digest.ts'
import type { ComponentLock } from '../../../src/guest/image.ts'
import type { ImageRecord } from '../../../src/guest/image-record.ts'

/** The image's files by name. */
export type Parts = Record<string, string>
export type Tampering = readonly [
  name: string,
  change: (record: Record<string, unknown>, parts: Parts) => unknown,
]

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export const lock: ComponentLock = {
  source: 'trixie/amd64',
  components: [
    { name: 'desktop/x', packages: [{ name: 'xx', version: '1', sha256: sha256('xx'), sizeBytes: 1 }] },
  ],
}
export const digest: string = imageDigest(lock, 'init: []\n')

export const filesOf = (record: Record<string, unknown>): ImageRecord['files'] =>
  record.files as ImageRecord['files']
const component = (record: Record<string, unknown>): { name: unknown; packages: Record<string, unknown>[] } =>
  (record.components as { name: unknown; packages: Record<string, unknown>[] }[])[0]!

export const tampered: readonly Tampering[] = [
  [
    'another kernel',
    (_record, parts) => {
      parts.kernel = 'evil!!!'
    },
  ],
  [
    'another initrd',
    (_record, parts) => {
      parts.initrd = 'evil!!!'
    },
  ],
  [
    'another root',
    (_record, parts) => {
      parts['root.squashfs'] = 'evil!'
    },
  ],
  [
    'a byte more',
    (_record, parts) => {
      parts.kernel += '!'
    },
  ],
  ['no kernel', (_record, parts) => void delete parts.kernel],
  [
    'a file besides',
    (_record, parts) => {
      parts['x.sh'] = 'x'
    },
  ],
  [
    'a file above',
    (_record, parts) => {
      parts['../x.sh'] = 'x'
    },
  ],
  [
    'an absolute file',
    (_record, parts) => {
      parts['/tmp/x.sh'] = 'x'
    },
  ],
  ['no description', () => ''],
  ['a description that is null', () => 'null'],
  ['a description that is a list', () => '[]'],
  ['a description of 5 MiB', () => JSON.stringify('x'.repeat(5 * 2 ** 20))],
  [
    'a digest that is a path',
    (record) => {
      record.digest = 'sha256:../../../../etc'
    },
  ],
  [
    'a digest that is longer',
    (record) => {
      record.digest = `${digest}0`
    },
  ],
  [
    'arguments of two lines',
    (record) => {
      record.cmdline = 'quiet\ninit=/evil'
    },
  ],
  [
    'arguments with an escape',
    (record) => {
      record.cmdline = 'quiet \u001b[2J'
    },
  ],
  [
    'arguments that are a list',
    (record) => {
      record.cmdline = ['quiet']
    },
  ],
  [
    'a source that is a path',
    (record) => {
      record.source = '../trixie'
    },
  ],
  [
    'a digest of a file that is none',
    (record) => {
      filesOf(record).kernel.sha256 = 'x'
    },
  ],
  ['a size that is a text', (record) => void Object.assign(filesOf(record).kernel, { sizeBytes: '7' })],
  [
    'a component with a path',
    (record) => {
      component(record).name = '../../x'
    },
  ],
  [
    'a package that is an option',
    (record) => {
      component(record).packages[0]!.name = '-oAPT::X'
    },
  ],
  [
    'a version that is a path',
    (record) => {
      component(record).packages[0]!.version = '/checkout/x.sh'
    },
  ],
  ['a package without a digest', (record) => void delete component(record).packages[0]!.sha256],
  ['packages that are a map', (record) => void Object.assign(component(record), { packages: {} })],
  [
    'components that are null',
    (record) => {
      record.components = [null]
    },
  ],
]
