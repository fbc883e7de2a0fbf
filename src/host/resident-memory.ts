/** Resident memory of a process, from proc_pid_status(5). */
import { readFile } from 'node:fs/promises'

/** undefined if the process has exited, or on a system without /proc. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}
