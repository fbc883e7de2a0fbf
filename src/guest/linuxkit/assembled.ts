/** Output of the assembler: the entries of the archive that LinuxKit's `--format tar` creates. */
import type { Content, Entry } from '../archive/entry.ts'

export interface Assembled {
  /**
   * In upstream's order, with the directories and fixed files that it repeats. `mergeTree` gives each path
   * once, as a squashfs or a cpio needs it. `boot/kernel`, `boot/cmdline`, `boot/ucode.cpio` are among them.
   */
  entries: readonly Entry[]
  /** `undefined` when the YAML has no kernel. */
  kernel: { image: Content; cmdline: string; ucode: Content | undefined } | undefined
}
