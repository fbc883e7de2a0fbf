/** Puts QEMU and virtiofsd of the guest's Debian release into the cache (hypervisor.ts). */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { systemCode } from '../../errors/system.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import type { CachePaths } from '../../host/paths.ts'
import type { OnProgress } from '../../progress.ts'
import type { LockedPackage } from '../image.ts'
import { withoutPackages } from './components.ts'
import { debPath, fetchDebs } from './debs.ts'
import { completeFile, hypervisorFolder, hypervisorLock } from './hypervisor.ts'
import { addDeb, bytesAt, type Layer } from './layer.ts'
import { openIndex } from './package-index.ts'
import { closure, type PackageIndex } from './packages.ts'

interface HypervisorOptions {
  cache: CachePaths
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

/** For displays, sound, USB and network boot, which no VM has, and for maintainer scripts. */
const withoutHypervisor: ReadonlySet<string> = new Set([
  ...withoutPackages,
  'ipxe-qemu',
  'libsasl2-modules-db',
  'qemu-system-common',
  'uidmap',
])

const libraries = 'usr/lib/x86_64-linux-gnu'
const programs = { qemu: 'usr/bin/qemu-system-x86_64', virtiofsd: 'usr/libexec/virtiofsd' } as const
/** What a q35 machine without display and network boot loads. */
const firmware = [
  'usr/share/seabios/bios-256k.bin',
  ...['kvmvapic', 'linuxboot', 'linuxboot_dma', 'multiboot', 'multiboot_dma', 'pvh'].map(
    (name) => `usr/share/qemu/${name}.bin`,
  ),
]

/** Downloads 29 MB on first use, verified as the guest's packages are. The version stays until the lock is removed. */
export async function installHypervisor(options: HypervisorOptions): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new DesktopError('host/packages-missing', "Debian's QEMU needs Linux on x86-64", {
      hint: 'set `vm.qemu: host`',
    })
  const { cache, onProgress, signal } = options
  const index = (): Promise<PackageIndex> => openIndex(cache.aptDir, { onProgress, signal })
  const kept = await readIfExists(hypervisorLock(cache))
  const packages =
    kept === undefined ? resolveHypervisor(await index()) : (JSON.parse(kept) as LockedPackage[])
  await fetchDebs(cache.debsDir, packages, { index, onProgress, signal })
  await unpack(hypervisorFolder(cache, packages), packages, options)
  await writeAtomic(hypervisorLock(cache), JSON.stringify(packages))
}

/** Pure. */
function resolveHypervisor(index: PackageIndex): LockedPackage[] {
  const wanted = ['qemu-system-x86', 'qemu-system-data', 'seabios', 'virtiofsd']
  const { packages, problems } = closure(index, wanted, withoutHypervisor)
  const [problem] = problems
  if (problem !== undefined)
    throw new DesktopError('guest/package-missing', `the package index has no ${problem.missing}`)
  return packages.map(({ name, version, sha256, sizeBytes }) => ({ name, version, sha256, sizeBytes }))
}

/** Everything is in place with one rename. */
async function unpack(
  dir: string,
  packages: readonly LockedPackage[],
  { cache, signal }: HypervisorOptions,
): Promise<void> {
  const layer: Layer = new Map()
  for (const one of packages)
    await addDeb(layer, debPath(cache.debsDir, one), [/^usr\/share\/(doc|man|locale)\//, /^etc\//], signal)
  const bytes = (path: string): Buffer => {
    const found = bytesAt(layer, path)
    if (found === undefined) throw new DesktopError('guest/build-failed', `QEMU's packages have no ${path}`)
    return found
  }
  await mkdir(cache.hypervisorDir, { recursive: true })
  const staged = await mkdtemp(join(cache.hypervisorDir, '.unpacking-'))
  try {
    for (const sub of ['lib', 'share']) await mkdir(join(staged, sub))
    for (const path of Object.values(programs))
      await writeFile(join(staged, basename(path)), bytes(path), { mode: 0o755 })
    for (const path of firmware) await writeFile(join(staged, 'share', basename(path)), bytes(path))
    for (const [path, entry] of layer) {
      const name = path.startsWith(`${libraries}/`) ? path.slice(libraries.length + 1) : ''
      if (!/^[^/]+\.so[.\d]*(t64)?[.\d]*$/.test(name)) continue
      if (entry.type === 'symlink') await symlink(basename(entry.target), join(staged, 'lib', name))
      if (entry.type === 'file') await writeFile(join(staged, 'lib', name), bytes(path), { mode: 0o755 })
    }
    await writeFile(join(staged, completeFile), '')
    await rename(staged, dir).catch((error: unknown) => {
      // It was unpacked before.
      if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error
    })
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
}
