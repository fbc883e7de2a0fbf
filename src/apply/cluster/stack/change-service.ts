/** Creates or updates one service. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { StackClient } from '../../../engine/stack.ts'
import type { Spec } from '../../../engine/stack-replies.ts'
import { DesktopError } from '../../../errors/desktop-error.ts'
import type { OnProgress } from '../../../progress.ts'
import type { WantedObject } from '../../../reconcile/stack/wanted.ts'
import { completeSpec } from './service-spec.ts'

interface Options {
  manager: () => Promise<StackClient>
  /** Registry credentials. */
  auth: string | undefined
  onProgress: OnProgress
}

const conflictTries = 20
const conflictMs = 250

/** Returns the ids of the tasks before the change. */
export async function changeService(service: WantedObject, options: Options): Promise<ReadonlySet<string>> {
  for (let left = conflictTries; ; left -= 1) {
    try {
      return await changeOnce(service, options)
    } catch (error) {
      // The swarm itself changes a service, e.g. the state of its update, between our read and write.
      const isConflict = error instanceof DesktopError && /update out of sequence/.test(error.message)
      if (!isConflict || left === 0) throw error
      await sleep(conflictMs)
    }
  }
}

async function changeOnce(
  { name, spec }: WantedObject,
  { manager, auth, onProgress }: Options,
): Promise<ReadonlySet<string>> {
  const client = await manager()
  const live = await client.objects()
  const there = live.services.find((one) => one.name === name)
  const warn = (message: string): void => onProgress({ step: 'stack', message, notice: true })
  const complete = await completeSpec(spec, { live, there, client, auth, warn })
  if (there !== undefined && sameMode(there.spec, complete)) {
    const before = await client.tasks([there.id])
    await client.update('service', there, complete, auth)
    return new Set(before.map(({ id }) => id))
  }
  // The engine does not change the mode of a service.
  if (there !== undefined) await client.remove('service', there.id)
  await client.create('service', complete, auth)
  return new Set()
}

const sameMode = (a: Spec, b: Spec): boolean => modeOf(a) === modeOf(b)
const modeOf = ({ Mode }: Spec): string => Object.keys(Mode ?? {}).join()
