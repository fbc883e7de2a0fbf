/** Programs from packages of the host: finds them, and installs missing ones if the host has apt. */
import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { DesktopError } from '../errors/desktop-error.ts'
import { debian, hostPackageManager, installHint, type PackagedProgram } from './package-manager.ts'
import { run } from './run.ts'
import { sharedCall } from './shared-call.ts'

/** Programs for a VM; `qemu-img` creates and grows the data disk, `sqfstar` creates the guest's root image. */
export function hostPrograms(arch: string = process.arch): PackagedProgram[] {
  return [qemuBinary(arch), 'qemu-img', 'sqfstar']
}

export const qemuBinary = (arch: string = process.arch): 'qemu-system-aarch64' | 'qemu-system-x86_64' =>
  arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64'

const searches = sharedCall<string | undefined>()

/** Absolute path of a program in PATH. */
export const findProgram = (
  program: string,
  path: string = process.env.PATH ?? '',
): Promise<string | undefined> => searches(`${program}\0${path}`, () => search(program, path))

async function search(program: string, path: string): Promise<string | undefined> {
  for (const dir of path.split(delimiter)) {
    if (dir === '') continue
    try {
      await access(join(dir, program), constants.X_OK)
      // /bin and /usr/bin are the same directory on most systems; resolved, so that a VM's command line does not depend
      // on PATH.
      return join(await realpath(dir), program)
    } catch {
      // Not in this directory.
    }
  }
  return undefined
}

/** Packages whose program is not in PATH, by their names on this host. */
export async function missingPackages(
  programs: readonly PackagedProgram[] = hostPrograms(),
): Promise<string[]> {
  const found = await Promise.all(programs.map((program) => findProgram(program)))
  const { packages } = hostPackageManager() ?? debian
  return [...new Set(programs.filter((_, i) => found[i] === undefined).map((program) => packages[program]))]
}

const isRoot = (): boolean => process.getuid?.() === 0

/** Whether `installPackages` can work: as root or with passwordless sudo, and with apt. */
export async function mayInstallPackages(): Promise<boolean> {
  // Do not change system packages elsewhere: pacman, for one, requires a full upgrade.
  if ((await findProgram('apt-get')) === undefined) return false
  return isRoot() || (await run(['sudo', '-n', 'true']).catch(() => undefined))?.code === 0
}

/** Installs Debian packages as root or with passwordless sudo; otherwise throws with the command to run. */
export async function installPackages(names: readonly string[], say: (line: string) => void): Promise<void> {
  if (names.length === 0) return
  const missing = (): DesktopError =>
    new DesktopError('host/packages-missing', `not installed on this host: ${names.join(', ')}`, {
      hint: installHint(names),
    })
  if (!(await mayInstallPackages())) throw missing()
  const sudo = isRoot() ? [] : ['sudo', '-n']
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  say(`installing Debian packages: ${names.join(' ')}`)
  const apt = async (...args: string[]): Promise<void> => {
    const argv = [...sudo, 'apt-get', '-q', ...args] as [string, ...string[]]
    const { code, stderr } = await run(argv, { env })
    if (code === 0) return
    throw new DesktopError('host/packages-failed', `${argv.join(' ')} failed: ${lastLines(stderr)}`, {
      hint: `as root: apt-get update && ${[...debian.install, ...names].join(' ')}`,
    })
  }
  await apt('update')
  await apt(...debian.install.slice(1), ...names)
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-3).join('; ')
