/** swarm.stack: compose files to deploy. A plan checks whether they exist and are valid. */
import type { StackFile } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Path } from '../read/source.ts'
import { filePath } from './paths.ts'
import type { Context } from './report.ts'

/** The start of swarm's names: NAME_SERVICE must be a DNS label in swarmkit's sense. */
export const swarmName: RegExp = /^[a-zA-Z0-9](?:[-_]*[a-zA-Z0-9])*$/
const maxNameChars = 40
const at: Path = ['swarm', 'stack']

/** @param environment name of the only stack, if the file gives none */
export function stackFiles({ swarm, vms }: DesktopFile, environment: string, context: Context): StackFile[] {
  const { report } = context
  const given = swarm?.stack
  if (given === undefined) return []
  if (!Object.values(vms ?? {}).some((kind) => kind?.swarm !== undefined)) {
    const hint =
      vms === undefined
        ? 'for a swarm of one machine, replace vm by vms: { m: { swarm: manager } }'
        : 'add swarm: manager to a kind of vms'
    report(at, 'a stack needs a swarm, which the file does not have', hint, 'key')
    return []
  }
  if (typeof given === 'string') {
    if (!isName(environment)) {
      const hint = `give the stack a name: stack: { NAME: ${given} }`
      report(at, `the name ${environment} is not valid for a stack`, hint)
    }
    return [stackFile(environment, given, at, context)]
  }
  return Object.entries(given).flatMap(([name, file]) => {
    // The schema has already reported it.
    if (typeof file !== 'string') return []
    const path: Path = [...at, name]
    if (!isName(name)) {
      const hint = `use letters, digits, dashes and underscores, at most ${maxNameChars}`
      report(path, `"${name}" is not a valid name for a stack`, hint, 'key')
    }
    return [stackFile(name, file, path, context)]
  })
}

const isName = (name: string): boolean => name.length <= maxNameChars && swarmName.test(name)

function stackFile(name: string, given: string, path: Path, context: Context): StackFile {
  const file = filePath(given, path, context)
  context.mayOpen(file, path)
  return { name, file }
}
