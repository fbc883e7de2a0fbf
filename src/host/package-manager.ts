/** The host's package manager: package names of the programs for a VM, and the install command. */
import { readFileSync } from 'node:fs'

/** Programs whose package name differs by distribution. */
export type PackagedProgram = 'qemu-system-x86_64' | 'qemu-system-aarch64' | 'qemu-img' | 'sqfstar'

export interface PackageManager {
  program: 'apt-get' | 'dnf' | 'pacman' | 'zypper' | 'apk' | 'brew'
  install: readonly string[]
  /** False for Homebrew, which refuses to run as root. */
  asRoot: boolean
  packages: Readonly<Record<PackagedProgram, string>>
}

export const debian: PackageManager = {
  program: 'apt-get',
  install: ['apt-get', 'install', '-y', '--no-install-recommends'],
  asRoot: true,
  packages: {
    'qemu-system-x86_64': 'qemu-system-x86',
    'qemu-system-aarch64': 'qemu-system-arm',
    'qemu-img': 'qemu-utils',
    sqfstar: 'squashfs-tools',
  },
}

const dnf: PackageManager = {
  program: 'dnf',
  install: ['dnf', 'install', '-y'],
  asRoot: true,
  packages: {
    'qemu-system-x86_64': 'qemu-system-x86',
    'qemu-system-aarch64': 'qemu-system-aarch64',
    'qemu-img': 'qemu-img',
    sqfstar: 'squashfs-tools',
  },
}

const pacman: PackageManager = {
  program: 'pacman',
  install: ['pacman', '-S', '--needed'],
  asRoot: true,
  packages: {
    'qemu-system-x86_64': 'qemu-system-x86',
    'qemu-system-aarch64': 'qemu-system-aarch64',
    'qemu-img': 'qemu-img',
    sqfstar: 'squashfs-tools',
  },
}

const zypper: PackageManager = {
  program: 'zypper',
  install: ['zypper', 'install', '-y'],
  asRoot: true,
  packages: {
    'qemu-system-x86_64': 'qemu-x86',
    'qemu-system-aarch64': 'qemu-arm',
    'qemu-img': 'qemu-img',
    sqfstar: 'squashfs',
  },
}

const apk: PackageManager = {
  program: 'apk',
  install: ['apk', 'add'],
  asRoot: true,
  packages: {
    'qemu-system-x86_64': 'qemu-system-x86_64',
    'qemu-system-aarch64': 'qemu-system-aarch64',
    'qemu-img': 'qemu-img',
    sqfstar: 'squashfs-tools',
  },
}

const brew: PackageManager = {
  program: 'brew',
  install: ['brew', 'install'],
  asRoot: false,
  packages: {
    'qemu-system-x86_64': 'qemu',
    'qemu-system-aarch64': 'qemu',
    'qemu-img': 'qemu',
    sqfstar: 'squashfs',
  },
}

/** By ID and ID_LIKE of os-release. RHEL and its rebuilds are omitted: their QEMU is not in PATH and lacks devices. */
const byId: Readonly<Record<string, PackageManager>> = {
  debian,
  ubuntu: debian,
  fedora: dnf,
  arch: pacman,
  opensuse: zypper,
  suse: zypper,
  alpine: apk,
}

/** @param osRelease text of os-release(5); undefined if there is none */
export function packageManagerOf(
  platform: NodeJS.Platform,
  osRelease: string | undefined,
): PackageManager | undefined {
  if (platform === 'darwin') return brew
  const value = (key: string): string[] =>
    (new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(osRelease ?? '')?.[1] ?? '').toLowerCase().split(' ')
  const ids = [...value('ID'), ...value('ID_LIKE')]
  if (ids.some((id) => id === 'rhel' || id === 'centos')) return undefined
  const id = ids.find((one) => byId[one.replace(/-.*$/, '')] !== undefined)
  return id === undefined ? undefined : byId[id.replace(/-.*$/, '')]
}

/** Cached: a host does not change its distribution while a command runs. */
let known: { manager: PackageManager | undefined } | undefined

export function hostPackageManager(): PackageManager | undefined {
  known ??= { manager: packageManagerOf(process.platform, readOsRelease()) }
  return known.manager
}

function readOsRelease(): string | undefined {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      // Try the other location; some systems have none.
    }
  }
  return undefined
}

/** Ready to paste; with sudo if needed. */
export function installCommand(
  manager: PackageManager,
  packages: readonly string[],
  isRoot: boolean,
): string {
  const sudo = manager.asRoot && !isRoot ? ['sudo'] : []
  return [...sudo, ...manager.install, ...packages].join(' ')
}

/** Instructions for this host; with Debian's names if the package manager is unknown. */
export function installHint(packages: readonly string[]): string {
  const manager = hostPackageManager()
  return manager === undefined
    ? 'install QEMU, qemu-img and squashfs-tools with the package manager of this system (docs/other-hosts.md)'
    : `run: ${installCommand(manager, packages, process.getuid?.() === 0)}`
}
