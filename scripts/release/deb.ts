/**
 * Builds a Debian package of the npm package's files. Does not need dpkg-deb, which is missing on some hosts.
 */
import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { debian } from '../../src/host/package-manager.ts'
import { hostPrograms } from '../../src/host/packages.ts'
import { type ArchivedFile, type TarEntry, writeAr, writeTar } from './archive.ts'

export interface DebInput {
  version: string
  description: string
  license: string
  /** Paths relative to the package's folder. */
  files: ReadonlyMap<string, ArchivedFile>
  date: Date
}

/** The only supported guest architecture. */
export const debArchitecture = { debian: 'amd64', node: 'x64' } as const

const folder = 'usr/lib/desktop'

export async function writeDeb({ version, description, license, files, date }: DebInput): Promise<Buffer> {
  const natives = /^dist\/vendor\/@koromix\/koffi-(\w+)-(\w+)\//
  const kept = [...files].filter(([path]) => {
    const [, platform, arch] = natives.exec(path) ?? []
    return platform === undefined || (platform === 'linux' && arch === debArchitecture.node)
  })
  const content = new Map<string, ArchivedFile>([
    ...kept.map(([path, file]): [string, ArchivedFile] => [`${folder}/${path}`, file]),
    ['usr/share/doc/desktop/copyright', files.get('LICENSE') ?? { content: copyright(license), mode: 0o644 }],
  ])
  const control = {
    Package: 'desktop',
    Version: version,
    Architecture: debArchitecture.debian,
    Maintainer: 'The desktop authors',
    'Installed-Size': Math.ceil(sum([...content.values()].map((file) => file.content.length)) / 1024),
    Depends: dependencies(),
    Recommends: 'virtiofsd',
    Section: 'admin',
    Priority: 'optional',
    Description: description,
  }
  const controlText = Object.entries(control)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
  const md5sums = [...content].map(([path, file]) => `${md5(file.content)}  ${path}\n`).join('')
  return writeAr(
    [
      { name: 'debian-binary', content: Buffer.from('2.0\n') },
      {
        name: 'control.tar.gz',
        content: await writeTar([text('./control', controlText), text('./md5sums', md5sums)], date),
      },
      { name: 'data.tar.gz', content: await writeTar(dataEntries(content), date) },
    ],
    date,
  )
}

/** Debian 13 has Node 20: with any npm, the launcher fetches Node 24, as for the npm package. */
const dependencies = (): string => {
  const programs = hostPrograms(debArchitecture.node)
  return ['nodejs (>= 24) | npm', ...new Set(programs.map((program) => debian.packages[program]))].join(', ')
}

function dataEntries(content: ReadonlyMap<string, ArchivedFile>): TarEntry[] {
  const folders = new Set<string>(['usr/bin'])
  for (const path of content.keys())
    for (let dir = dirname(path); dir !== '.'; dir = dirname(dir)) folders.add(dir)
  folders.add('usr')
  const entries: TarEntry[] = [
    ...[...folders].map((path): TarEntry => ({ path: `./${path}/`, type: 'directory' })),
    ...[...content].map(([path, file]): TarEntry => ({ path: `./${path}`, type: 'file', ...file })),
    { path: './usr/bin/desktop', type: 'symlink', target: '../lib/desktop/bin/desktop' },
  ]
  // Directories before their contents, because dpkg unpacks in order.
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1))
}

const text = (path: string, content: string): TarEntry => ({
  path,
  type: 'file',
  content: Buffer.from(content),
  mode: 0o644,
})
const copyright = (license: string): Buffer =>
  Buffer.from(`desktop is licensed under ${license}: see /usr/share/common-licenses/${license}.\n`)
const md5 = (content: Buffer): string => createHash('md5').update(content).digest('hex')
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
