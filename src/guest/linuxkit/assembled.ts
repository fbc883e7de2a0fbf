/** Output of the assembler: the entries of the archive that LinuxKit's `--format tar` creates. */
import type { Content, Entry } from '../archive/entry.ts'

export interface Assembled {
  /**
   * In upstream's order, including its repeated directories and fixed files. `mergeTree` reduces them to one entry per
   * path for squashfs and cpio. Includes `boot/kernel`, `boot/cmdline`, `boot/ucode.cpio`.
   */
  entries: readonly Entry[]
  /** `undefined` if the YAML has no kernel. */
  kernel: { image: Content; cmdline: string; ucode: Content | undefined } | undefined
}
