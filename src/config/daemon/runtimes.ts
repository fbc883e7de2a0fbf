/** runtimes of daemon.json: key combinations that dockerd 26.1 accepts. */
import type { Report } from '../normalise/report.ts'
import type { DaemonConfig } from './config.ts'

/** Options of runc's shim (containerd's runtime/v2/runc/options), by type. */
const shimOptions: Readonly<Record<string, 'boolean' | 'number' | 'string'>> = {
  NoPivotRoot: 'boolean',
  NoNewKeyring: 'boolean',
  ShimCgroup: 'string',
  IoUid: 'number',
  IoGid: 'number',
  BinaryName: 'string',
  Root: 'string',
  SystemdCgroup: 'boolean',
  CriuImagePath: 'string',
  CriuWorkPath: 'string',
}
const runcShim = /^io\.containerd\.runc\.v[12]$/

/** On the engine's PATH. */
const ofGuest: readonly string[] = ['runc', 'crun']

/** Runtimes that dockerd defines. */
const reserved: readonly string[] = ['runc', 'io.containerd.runc.v2']

export function checkRuntimes({ runtimes }: DaemonConfig, report: Report): void {
  for (const [name, { path, runtimeArgs, runtimeType, options }] of Object.entries(runtimes ?? {})) {
    const refuse = (message: string, hint: string): void => {
      report(['engine', 'config', 'runtimes', name], message, hint, 'key')
    }
    if (reserved.includes(name)) refuse(`the engine itself defines the runtime ${name}`, 'use another name')
    else if (isGiven(path) && isGiven(runtimeType))
      refuse(`runtime ${name} has path and runtimeType`, 'keep one of the two')
    else if (!isGiven(path) && !isGiven(runtimeType))
      refuse(`runtime ${name} has neither path nor runtimeType`, 'add one of the two')
    else if (isGiven(path) && !path.startsWith('/') && !ofGuest.includes(path))
      refuse(`the guest has no program "${path}"`, `use ${ofGuest.join(' or ')}, or an absolute path`)
    else if (isGiven(path) && options !== undefined)
      refuse(`runtime ${name} has options, which are for a runtimeType`, 'use runtimeArgs')
    else if (isGiven(runtimeType) && (runtimeArgs ?? []).length > 0)
      refuse(`runtime ${name} has runtimeArgs, which are for a path`, 'use options')
    else if (isGiven(runtimeType) && !/^\/|\../.test(runtimeType))
      refuse(
        `"${runtimeType}" is not the type of a runtime`,
        'e.g. io.containerd.runc.v2, or the path of a shim',
      )
    else if (isGiven(runtimeType) && runcShim.test(runtimeType)) {
      for (const [option, value] of Object.entries(options ?? {})) {
        const problem = optionProblem(option, value)
        if (problem !== undefined)
          report(
            ['engine', 'config', 'runtimes', name, 'options', option],
            problem,
            'correct it, or leave it out',
            'key',
          )
      }
    }
  }
}

const isGiven = (text: string | undefined): text is string => text !== undefined && text !== ''

function optionProblem(option: string, value: unknown): string | undefined {
  const type = shimOptions[option]
  if (type === undefined) return `runc has no option "${option}"`
  if (typeof value !== type) return `${option} must be a ${type}`
  return option === 'SystemdCgroup' && value === true ? 'the guest has no systemd' : undefined
}
