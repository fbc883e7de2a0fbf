/** A program of this host, or one that brings its own loader and libraries (guest/debian/hypervisor.ts). */
export interface Program {
  /** Starts it; arguments follow. */
  command: readonly [string, ...string[]]
  /** File of the program itself: its size and time tell versions apart. */
  file: string
  /** Folder of all its files, if that is not a program folder of the host. */
  folder?: string
}

export const hostProgram = (file: string): Program => ({ command: [file], file })
