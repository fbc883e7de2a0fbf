/** The host's CPU, by the name of its model. */
import { cpus } from 'node:os'

export const hostCpu = (): string => cpus()[0]?.model ?? 'unknown'
