/** Programs that come from packages of the host: found, and installed when the host is a Debian. */
import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { DesktopError } from '../errors.ts'
import { run } from './run.ts'

export interface HostProgram {
  program: string
  /** Debian package that has it. */
  package: string
}

/** What a VM needs; `qemu-img` makes and grows the data disk, `sqfstar` the guest's root image. */
export function hostPrograms(arch: string = process.arch): HostProgram[] {
  return [
    { program: qemuBinary(arch), package: arch === 'arm64' ? 'qemu-system-arm' : 'qemu-system-x86' },
    { program: 'qemu-img', package: 'qemu-utils' },
    { program: 'sqfstar', package: 'squashfs-tools' },
  ]
}

export const qemuBinary = (arch: string = process.arch): string =>
  arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64'

/** Absolute path of a program in PATH. */
export async function findProgram(
  program: string,
  path: string = process.env.PATH ?? '',
): Promise<string | undefined> {
  for (const dir of path.split(delimiter)) {
    if (dir === '') continue
    try {
      await access(join(dir, program), constants.X_OK)
      // /bin and /usr/bin are one directory on most systems, and a VM's command line must not depend on PATH.
      return join(await realpath(dir), program)
    } catch {
      // Not in this directory.
    }
  }
  return undefined
}

/** Packages whose program is not in PATH. */
export async function missingPackages(programs: readonly HostProgram[] = hostPrograms()): Promise<string[]> {
  const found = await Promise.all(programs.map(({ program }) => findProgram(program)))
  return [...new Set(programs.filter((_, i) => found[i] === undefined).map((p) => p.package))]
}

/** Installs Debian packages as root or by sudo without a password; else says which command to run. */
export async function installPackages(names: readonly string[], say: (line: string) => void): Promise<void> {
  if (names.length === 0) return
  const manual = `apt-get install -y --no-install-recommends ${names.join(' ')}`
  if ((await findProgram('apt-get')) === undefined) {
    throw new DesktopError('host/packages-missing', `not installed on this host: ${names.join(', ')}`, {
      hint: 'install QEMU with the package manager of this system (docs/other-hosts.md)',
    })
  }
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (sudo.length > 0 && (await run(['sudo', '-n', 'true']).catch(() => undefined))?.code !== 0) {
    throw new DesktopError('host/packages-missing', `not installed on this host: ${names.join(', ')}`, {
      hint: `run: sudo ${manual}`,
    })
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  say(`installing Debian packages: ${names.join(' ')}`)
  const apt = async (...args: string[]): Promise<void> => {
    const argv = [...sudo, 'apt-get', '-q', ...args] as [string, ...string[]]
    const { code, stderr } = await run(argv, { env })
    if (code === 0) return
    throw new DesktopError('host/packages-failed', `${argv.join(' ')} failed: ${lastLines(stderr)}`, {
      hint: `as root: apt-get update && ${manual}`,
    })
  }
  await apt('update')
  await apt('install', '-y', '--no-install-recommends', ...names)
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-3).join('; ')
