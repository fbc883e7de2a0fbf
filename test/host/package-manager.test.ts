import { expect, test } from 'vitest'
import { installCommand, type PackagedProgram, packageManagerOf } from '../../src/host/package-manager.ts'

const wanted: readonly PackagedProgram[] = ['qemu-system-x86_64', 'qemu-img', 'sqfstar']

test.each<[NodeJS.Platform, string | undefined, string]>([
  [
    'linux',
    'ID=debian\n',
    'sudo apt-get install -y --no-install-recommends qemu-system-x86 qemu-utils squashfs-tools',
  ],
  [
    'linux',
    'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
    'sudo apt-get install -y --no-install-recommends qemu-system-x86 qemu-utils squashfs-tools',
  ],
  ['linux', 'ID=fedora\n', 'sudo dnf install -y qemu-system-x86 qemu-img squashfs-tools'],
  [
    'linux',
    'ID=endeavouros\nID_LIKE=arch\n',
    'sudo pacman -S --needed qemu-system-x86 qemu-img squashfs-tools',
  ],
  [
    'linux',
    'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
    'sudo zypper install -y qemu-x86 qemu-img squashfs',
  ],
  ['linux', 'ID=alpine\n', 'sudo apk add qemu-system-x86_64 qemu-img squashfs-tools'],
  ['darwin', undefined, 'brew install qemu squashfs'],
])('%s with %j installs by its own package manager', (platform, osRelease, expected) => {
  const manager = packageManagerOf(platform, osRelease)
  const packages = [...new Set(wanted.map((program) => manager?.packages[program] ?? ''))]
  expect(manager === undefined ? '' : installCommand(manager, packages, false)).toBe(expected)
})

test('root needs no sudo', () => {
  const manager = packageManagerOf('linux', 'ID=alpine')
  expect(manager === undefined ? '' : installCommand(manager, ['qemu-img'], true)).toBe('apk add qemu-img')
})

test.each(['ID=nixos', 'ID="rocky"\nID_LIKE="rhel centos fedora"', '', undefined])(
  '%j has no manager that we know',
  (osRelease) => {
    expect(packageManagerOf('linux', osRelease)).toBeUndefined()
  },
)
