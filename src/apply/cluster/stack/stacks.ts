/** The stacks of a file: rendered by docker, and compared with the swarm. */
import { isAbsolute, relative } from 'node:path'
import type { StackFile } from '../../../config/desired.ts'
import { HiddenValues } from '../../../config/environment-values.ts'
import type { Tree } from '../../../config/read/tree.ts'
import { observedValue } from '../../../observation.ts'
import type { ObservedStacks } from '../../../observe/stacks.ts'
import type { Cause, Note, Plan } from '../../../reconcile/plan.ts'
import { withStacks } from '../../../reconcile/stack/stacks.ts'
import type { RefusedStack } from '../../../reconcile/stack/wanted.ts'
import { notShown } from '../../../reconcile/stack/written.ts'
import type { Member } from '../../../reconcile/swarm/members.ts'
import type { Environment } from '../../environment/environment.ts'
import { hashOf } from '../../plan/document.ts'
import { dockerProgram } from './docker-client.ts'
import { type RenderedStack, type RenderOptions, renderStack } from './render.ts'
import { unconverged } from './unconverged.ts'

export interface Stacks {
  stacks: readonly (RenderedStack | RefusedStack)[]
  /**
   * Registry credentials by service; docker may run a credential helper to find them.
   * @param warn reports why there are none, e.g. a locked keychain
   */
  credentials: (warn: (message: string) => void) => Promise<ReadonlyMap<string, string>>
}

export async function renderStacks(
  { desired, lockFile, origins, mayOpen = () => true }: Environment,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Stacks> {
  const files = desired.machine?.stacks ?? []
  let program: Promise<string> | undefined
  const options = ({ name, file }: StackFile): RenderOptions => ({
    env,
    mayOpen,
    shown: shownName(file),
    // A single stack may have no name in the file.
    about: origins?.of(['swarm', 'stack', name]) === undefined ? 'swarm.stack' : `swarm.stack.${name}`,
    docker: () => (program ??= dockerProgram(lockFile)),
  })
  return {
    stacks: await Promise.all(files.map((one) => renderStack(one, options(one)))),
    credentials: async (warn) => {
      const again = await Promise.all(
        files.map((one) => renderStack(one, { ...options(one), withAuth: true })),
      )
      for (const one of again) {
        if (!('refused' in one)) continue
        const { message } = one.refused
        const shown = hiddenValues(one.variables, env).hide(message)
        warn(`the services of ${one.name} have no registry credentials: ${shown}`)
      }
      return new Map(again.flatMap((one) => ('refused' in one ? [] : [...one.auth])))
    },
  }
}

/** As a user would write it. */
function shownName(file: string): string {
  const path = relative(process.cwd(), file)
  return path.startsWith('..') || isAbsolute(path) ? file : path
}

interface Inputs {
  members: readonly Member[]
  observed: ObservedStacks
}

export function withRenderedStacks(plan: Plan, { stacks }: Stacks, { members, observed }: Inputs): Plan {
  const manager = members.find(({ swarm }) => swarm?.role === 'manager')
  if (manager === undefined) return plan
  const planned = withStacks(plan, {
    machine: manager.machine,
    stacks: stacks.map((one) => ('refused' in one ? one : one.stack)),
    observed,
  })
  const rendered = stacks.flatMap((one) => ('refused' in one ? [] : [one]))
  const variables = stacks.flatMap((one) => one.variables)
  const live = observedValue(observed)
  const notes = [
    ...rendered.flatMap((one) => one.notes),
    ...(live === undefined
      ? []
      : unconverged(
          rendered.map(({ stack }) => stack),
          { live, operations: planned.operations, machine: manager.machine },
        )),
  ]
  return masked({ ...planned, notes: [...planned.notes, ...notes] }, variables)
}

/** Hides values of environment variables, because other people read the plan. */
function masked(plan: Plan, variables: readonly string[]): Plan {
  if (variables.length === 0) return plan
  const hidden = hiddenValues(variables, process.env)
  const hide = (text: string | undefined): string | undefined => text && hidden.hide(text)
  const causeOf = ({ from, to, ...rest }: Cause): Cause => {
    const next = hide(to)
    // The swarm may still have an earlier value of the variable.
    const hasEarlier = next !== to && from !== undefined
    return { ...rest, from: hasEarlier ? notShown : hide(from), to: next }
  }
  const noteOf = ({ hint, ...note }: Note): Note => ({
    ...note,
    message: hidden.hide(note.message),
    ...(hint === undefined ? {} : { hint: hidden.hide(hint) }),
  })
  return {
    ...plan,
    operations: plan.operations.map((one) =>
      one.kind.startsWith('stack/') ? { ...one, causes: one.causes.map(causeOf) } : one,
    ),
    notes: plan.notes.map(noteOf),
  }
}

const hiddenValues = (variables: readonly string[], env: NodeJS.ProcessEnv): HiddenValues =>
  new HiddenValues(treeWith(variables), env)

const treeWith = (variables: readonly string[]): Tree => {
  const source = { file: '', text: '', directory: '', lineStarts: [0] }
  return { kind: 'scalar', value: '', variables, place: { source, start: 0, end: 0 } }
}

/** For a saved plan: what the files say and what the swarm has, without values that change by themselves. */
export function stableStacks({ stacks }: Stacks, observed: ObservedStacks): unknown[] {
  if (stacks.length === 0) return []
  const { services = [], networks = [], configs = [], secrets = [] } = observedValue(observed) ?? {}
  const named = ({ id, name }: { id: string; name: string }) => [id, name]
  return [
    stacks.map((one) => {
      if ('refused' in one) return one.refused
      const { services: wanted, networks: nets, configs: files, secrets: hidden } = one.stack
      return hashOf([wanted, nets, files, hidden])
    }),
    services.map(({ id, spec }) => [id, spec]),
    [networks, configs, secrets].map((list) => list.map(named)),
  ]
}
