/** Creates or updates one service. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { StackClient, StackObjects } from '../../../engine/stack.ts'
import type { Spec } from '../../../engine/stack-replies.ts'
import { DesktopError } from '../../../errors/desktop-error.ts'
import type { OnProgress } from '../../../progress.ts'
import { mapOf } from '../../../reconcile/stack/compose-keys.ts'
import { stackLabel } from '../../../reconcile/stack/service-keys.ts'
import type { WantedObject } from '../../../reconcile/stack/wanted.ts'
import type { SwarmAccess } from '../swarm-access.ts'
import { completeSpec } from './service-spec.ts'

/** A manager, and what it said about the swarm. */
export interface SwarmReading {
  client: StackClient
  live: StackObjects
}

interface Options {
  /** Read for all services of the step. */
  first: SwarmReading
  /** Reads again. */
  read: () => Promise<SwarmReading>
  wait: SwarmAccess['wait']
  /** Registry credentials. */
  auth: string | undefined
  onProgress: OnProgress
}

const conflictTries = 20
const conflictMs = 250

/** Returns the ids of the tasks before the change. */
export async function changeService(service: WantedObject, options: Options): Promise<ReadonlySet<string>> {
  let reading = options.first
  for (let left = conflictTries; ; left -= 1) {
    try {
      return await changeOnce(service, reading, options)
    } catch (error) {
      // The swarm itself changes a service, e.g. the state of its update, between our read and write.
      const isConflict = error instanceof DesktopError && /update out of sequence/.test(error.message)
      if (!isConflict || left === 0) throw error
      await sleep(conflictMs)
      reading = await options.read()
    }
  }
}

async function changeOnce(
  { name, spec }: WantedObject,
  { client, live }: SwarmReading,
  { read, wait, auth, onProgress }: Options,
): Promise<ReadonlySet<string>> {
  const there = live.services.find((one) => one.name === name)
  if (there !== undefined && there.labels[stackLabel] !== labelOf(spec))
    throw new DesktopError('plan/stale', `the service ${name} is not part of the stack`)
  const warn = (message: string): void => onProgress({ step: 'stack', message, notice: true })
  const complete = await completeSpec(spec, { live, there, client, auth, warn })
  if (there !== undefined && sameMode(there.spec, complete)) {
    const before = await client.tasks([there.id])
    await client.update('service', there, complete, auth)
    return new Set(before.map(({ id }) => id))
  }
  if (there === undefined) {
    await client.create('service', complete, auth)
    return new Set()
  }
  // The engine does not change the mode of a service. From here on, it must not be lost.
  await client.remove('service', there.id)
  let next: SwarmReading | undefined = { client, live: { ...live, services: [] } }
  await wait(`${name} was removed to change its mode, and not created again`, async () => {
    const { client: manager, live: now } = next ?? (await read())
    next = undefined
    if (!now.services.some((one) => one.name === name)) await manager.create('service', complete, auth)
    return true
  })
  return new Set()
}

const labelOf = ({ Labels }: Spec): unknown => mapOf(Labels)[stackLabel]

const sameMode = (a: Spec, b: Spec): boolean => modeOf(a) === modeOf(b)
const modeOf = ({ Mode }: Spec): string => Object.keys(Mode ?? {}).join()
