/** runtimes of daemon.json: key combinations that dockerd 26.1 accepts. */
import type { Report } from '../normalise/report.ts'
import type { DaemonConfig } from './config.ts'

/** Runtimes that dockerd defines. */
const reserved: readonly string[] = ['runc', 'io.containerd.runc.v2']

export function checkRuntimes({ runtimes }: DaemonConfig, report: Report): void {
  for (const [name, { path, runtimeArgs, runtimeType, options }] of Object.entries(runtimes ?? {})) {
    const refuse = (message: string, hint: string): void => {
      report(['engine', 'config', 'runtimes', name], message, hint, 'key')
    }
    if (reserved.includes(name)) refuse(`the engine itself defines the runtime ${name}`, 'use another name')
    else if (path !== undefined && runtimeType !== undefined)
      refuse(`runtime ${name} has path and runtimeType`, 'keep one of the two')
    else if (path === undefined && runtimeType === undefined)
      refuse(`runtime ${name} has neither path nor runtimeType`, 'add one of the two')
    else if (path !== undefined && options !== undefined)
      refuse(`runtime ${name} has options, which are for a runtimeType`, 'use runtimeArgs')
    else if (runtimeType !== undefined && (runtimeArgs ?? []).length > 0)
      refuse(`runtime ${name} has runtimeArgs, which are for a path`, 'use options')
  }
}
