/** Builds the guest image on a host without apt, dpkg, xz or gpg: a root directory without them. */
import { copyFile, link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildGuest, refreshLock } from '../../src/guest/build.ts'
import { debPath, fetchDebs } from '../../src/guest/debian/debs.ts'
import { addDeb, bytesAt, type Layer } from '../../src/guest/debian/layer.ts'
import { lockedPackages } from '../../src/guest/debian/lock.ts'
import { openIndex } from '../../src/guest/debian/package-index.ts'
import { buildRules, cachedLock } from '../../src/guest/digest.ts'
import type { ComponentLock } from '../../src/guest/image.ts'
import { lockText } from '../../src/guest/lock-file.ts'
import { renderLinuxkit } from '../../src/guest/render.ts'
import { findProgram } from '../../src/host/packages.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { type BareRoot, bareRoot } from './bare-root.ts'

const checkout = join(import.meta.dirname, '../..')
const cache = cachePaths()
let work: string
let lock: ComponentLock
let root: BareRoot
let busybox: Buffer
let withheld: string

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'dt-build-'))
  lock = (await cachedLock(cache)) ?? (await refreshLock({ cache }))
  const packages = lockedPackages(lock)
  await fetchDebs(cache.debsDir, packages, { index: () => openIndex(cache.aptDir) })
  const layer: Layer = new Map()
  const found = packages.find(({ name }) => name === 'busybox-static')
  await addDeb(layer, debPath(cache.debsDir, found ?? { sha256: '' }), [])
  busybox = bytesAt(layer, 'usr/bin/busybox') ?? Buffer.alloc(0)
  const programs = await Promise.all(['qemu-img', 'sqfstar'].map((name) => findProgram(name)))
  root = await bareRoot(
    programs.filter((path) => path !== undefined),
    busybox,
  )
  // All but a few of the packages, which must be downloaded there.
  const debs = join(work, 'cache/desktop/debs')
  await mkdir(debs, { recursive: true })
  withheld = packages.find(({ name }) => name === 'jq')?.sha256 ?? ''
  for (const { sha256 } of packages.filter((one) => one.sha256 !== withheld)) {
    const [from, to] = [debPath(cache.debsDir, { sha256 }), debPath(debs, { sha256 })]
    await link(from, to).catch(() => copyFile(from, to))
  }
  await writeFile(join(work, 'desktop.yaml'), 'apiVersion: desktop/v1\nname: bare\n')
  await writeFile(join(work, 'desktop.lock'), lockText(lock, buildRules()))
}, 300_000)
afterAll(async () => {
  await root?.[Symbol.asyncDispose]()
  await rm(work, { recursive: true, force: true })
})

const inside = (line: string) => {
  const xdg = ['CACHE', 'STATE', 'RUNTIME', 'CONFIG'].map(
    (one) => `XDG_${one}_${one === 'RUNTIME' ? 'DIR' : 'HOME'}=${work}/${one.toLowerCase()}`,
  )
  const node = process.execPath
  const command = line.replaceAll('desktop ', `${node} ${checkout}/bin/start.js `)
  return root.sh(`cd ${work}; export NO_COLOR=1 HOME=${work} ${xdg.join(' ')}; ${command}`, [
    checkout,
    work,
    dirname(node),
  ])
}

test('the root has none of the programs that the image was built with before', async () => {
  // Files, not words for the shell: busybox has applets of some of these names, which only its own shell finds.
  const programs = ['apt-get', 'apt', 'dpkg', 'dpkg-deb', 'xz', 'gpg', 'gpgv', 'tar'].join(' ')
  const { stdout } = await inside(
    `for p in ${programs}; do for d in /usr/bin /usr/sbin; do test -e $d/$p && echo $d/$p; done; done; test -e /etc/apt && echo /etc/apt; echo none`,
  )
  expect(stdout).toBe('none\n')
})

test('the image is built there, from the mirror of the network, byte for byte as on this host', {
  timeout: 600_000,
}, async () => {
  const built = await inside('desktop image build')
  expect(built.code, built.stderr).toBe(0)
  const here = await buildGuest({ linuxkitYaml: await renderLinuxkit(), lock }, { cache })
  const images = join(work, 'cache/desktop/images')
  const [name = ''] = await readdir(images)
  expect(`sha256:${name}`).toBe(here.digest)
  const record = async (dir: string): Promise<{ files: unknown }> =>
    JSON.parse(await readFile(join(dir, 'image.json'), 'utf8'))
  expect((await record(join(images, name))).files).toEqual((await record(dirname(here.kernel))).files)
  // What was withheld came by the network.
  expect(await readdir(join(work, 'cache/desktop/debs'))).toContain(`${withheld}.deb`)
})

test.each([
  ['ID=fedora', 'dnf install -y qemu-system-x86'],
  ['ID=arch', 'pacman -S --needed qemu-system-x86'],
  ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"', 'zypper install -y qemu-x86'],
  ['ID=alpine', 'apk add qemu-system-x86_64'],
])(
  'doctor on a host that says %j names the command that installs missing programs',
  { timeout: 120_000 },
  async (release, command) => {
    await writeFile(join(root.dir, 'etc/os-release'), `${release}\n`)
    const { stdout } = await inside('desktop doctor')
    expect(stdout).toContain(command)
  },
)
