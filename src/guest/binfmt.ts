/**
 * binfmt_misc registrations for emulated programs (Linux Documentation/admin-guide/binfmt-misc.rst). The list is stored
 * with QEMU's programs on the data disk, so that the next boot registers the same platforms (set-platforms).
 */
import { type Platform, platforms } from '../config/platforms.ts'

export const platformsDir = '/var/lib/desktop/platforms'
export const platformList: string = `${platformsDir}/list`

const prefix = 'desktop-'

/** Kernel file that shows whether the platform's programs are emulated. */
export const registered = (platform: string): string => `/proc/sys/fs/binfmt_misc/${prefix}${platform}`

/**
 * Registration line. F: the kernel opens the interpreter at registration, so containers need not have it. P: programs
 * keep their argv[0]. O and C: programs are opened, and get their credentials, as if executed natively.
 */
export function registration(platform: Platform, interpreter: string): string {
  const { bits, order, machine } = platforms[platform]
  const { magic, mask } = elfHeader(bits, order, machine)
  return `:${prefix}${platform}:M::${escaped(magic)}:${escaped(mask)}:${interpreter}:POCF`
}

/** Platform names in a list. */
export const listedPlatforms = (list: string): string[] =>
  [...list.matchAll(/^:desktop-([a-z0-9]+):/gm)].map(([, name = '']) => name)

/** The first 20 bytes of an ELF program, position-independent or not, for any OS/ABI. */
function elfHeader(bits: 32 | 64, order: 'little' | 'big', machine: number): { magic: Buffer; mask: Buffer } {
  const magic = Buffer.alloc(20)
  magic.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, order === 'little' ? 1 : 2, 1])
  const mask = Buffer.alloc(20, 0xff)
  const osAbi = 7
  mask[osAbi] = 0
  // ET_EXEC is 2, and ET_DYN is 3.
  const [executable, anyOfBoth] = [2, 0xfffe]
  for (const [buffer, type] of [
    [magic, executable],
    [mask, anyOfBoth],
  ] as const)
    if (order === 'little') buffer.writeUInt16LE(type, 16)
    else buffer.writeUInt16BE(type, 16)
  if (order === 'little') magic.writeUInt16LE(machine, 18)
  else magic.writeUInt16BE(machine, 18)
  return { magic, mask }
}

const escaped = (bytes: Buffer): string =>
  [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
