/** Model name of the host's CPU. */
import { cpus } from 'node:os'

export const hostCpu = (): string => cpus()[0]?.model ?? 'unknown'
