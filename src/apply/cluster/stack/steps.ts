/** Steps on stacks, through a manager's API. Each can be repeated after a crash at any point. */
import { type StackClient, type StackObject, stackClient } from '../../../engine/stack.ts'
import type { SwarmService, SwarmTask } from '../../../engine/stack-replies.ts'
import { DesktopError } from '../../../errors/desktop-error.ts'
import { sharedCall } from '../../../host/shared-call.ts'
import type { OnProgress } from '../../../progress.ts'
import type { Operation, StackOperationKind } from '../../../reconcile/plan.ts'
import type { WantedObject, WantedStack } from '../../../reconcile/stack/wanted.ts'
import type { Environment } from '../../environment/environment.ts'
import { PartialFailure, type Step, type Steps } from '../../run/execute.ts'
import { type SwarmAccessOptions, swarmAccess } from '../swarm-access.ts'
import { type AwaitOptions, awaitService } from './await-service.ts'
import { changeService, type SwarmReading } from './change-service.ts'
import { type Convergence, convergence } from './convergence.ts'
import type { Stacks } from './stacks.ts'

export interface StackStepOptions extends SwarmAccessOptions, AwaitOptions {
  stackOf?: (socket: string) => StackClient
}

/** Each resolves its image in a registry. */
const changesAtOnce = 4

/** All services of a plan are changed first, and then awaited together. */
export const stackBatch: Steps['batch'] = { 'stack/create': 'services', 'stack/update': 'services' }

export function stackSteps(
  environments: readonly Pick<Environment, 'desired' | 'dockerSocket'>[],
  { stacks, credentials }: Stacks,
  options: StackStepOptions = {},
): Readonly<Record<StackOperationKind, Step>> {
  const { stackOf = stackClient } = options
  const access = swarmAccess(environments, options)
  const objects = new Map(stacks.flatMap((one) => ('refused' in one ? [] : objectsOf(one.stack))))
  const manager = async (): Promise<StackClient> => stackOf(await access.managerSocket())

  /** The object of the file that the operation is about. */
  const wanted = ({ id, subject }: Operation): WantedObject => {
    const found = objects.get(subject)
    if (found === undefined)
      throw new DesktopError('plan/stale', `${id}: the file does not have the ${subject}`)
    return found
  }

  const provide: Step = async ([operation]) => {
    if (operation === undefined) return
    const kind = kindOf(operation)
    const { name, spec } = wanted(operation)
    const client = await manager()
    const live = await client.objects()
    if (kind === 'config' || kind === 'secret') {
      const there = live[`${kind}s`].find((one) => one.name === name)
      // Without the content, which cannot be changed.
      const labelled = { Name: name, Labels: spec.Labels ?? {} }
      return there === undefined ? client.create(kind, spec) : client.update(kind, there, labelled)
    }
    if (!live.networks.some((one) => one.name === name)) await client.create(kind, spec)
  }

  /** States of all services at once, because emulated engines answer slowly. */
  const sharedState = sharedCall<SwarmState>()
  const stateOf = (): Promise<SwarmState> =>
    sharedState('', async () => {
      const client = await manager()
      const services = await client.services()
      const ours = services.filter(({ name }) => objects.has(`service ${name}`))
      return { services: ours, tasks: await client.tasks(ours.map(({ id }) => id)) }
    })
  const sharedReading = sharedCall<SwarmReading>()
  const read = (): Promise<SwarmReading> =>
    sharedReading('', async () => {
      const client = await manager()
      return { client, live: await client.objects() }
    })
  const look = (name: string, before: ReadonlySet<string>): Promise<Convergence> =>
    access.wait(`the state of ${name} is unknown`, async (): Promise<Convergence> => {
      const { services: all, tasks } = await stateOf()
      const service = all.find((one) => one.name === name)
      if (service === undefined) return { kind: 'failed', message: `${name} was removed by another command` }
      return convergence(
        service,
        tasks.filter(({ serviceId }) => serviceId === service.id),
        before,
      )
    })

  const services: Step = async (operations, report) => {
    const noticed = new Set<string>()
    /** Several services may have the same image. */
    const onProgress: OnProgress = (progress) => {
      if (progress.notice === true && noticed.has(progress.message)) return
      noticed.add(progress.message)
      report(progress)
    }
    const credentialOf = await credentials((message) => onProgress({ step: 'stack', message, notice: true }))
    const failures = new Map<string, unknown>()
    const each = async (most: number, work: (operation: Operation) => Promise<void>): Promise<void> => {
      const left = operations.filter(({ id }) => !failures.has(id))
      const next = async (): Promise<void> => {
        for (let operation = left.shift(); operation !== undefined; operation = left.shift()) {
          const { id } = operation
          await work(operation).catch((error) => failures.set(id, error))
        }
      }
      await Promise.all(Array.from({ length: Math.min(most, left.length) }, next))
    }
    const before = new Map<string, ReadonlySet<string>>()
    const first = await read()
    await each(changesAtOnce, async (operation) => {
      const service = wanted(operation)
      const auth = credentialOf.get(service.name)
      const options = { first, read, wait: access.wait, auth, onProgress }
      before.set(service.name, await changeService(service, options))
    })
    // Only now, because the state of all services is read at once.
    await each(operations.length, async (operation) => {
      const { name } = wanted(operation)
      const { machine = '' } = operation
      const seen = before.get(name) ?? new Set()
      await awaitService({ name, machine, look: () => look(name, seen), onProgress }, options)
    })
    if (failures.size > 0) throw new PartialFailure(failures)
  }

  const remove: Step = async ([operation]) => {
    if (operation === undefined) return
    const [, name = ''] = operation.subject.split(' ')
    const kind = kindOf(operation)
    // Tasks that are still stopping use networks.
    await access.wait(`${name} was not removed`, async () => {
      const client = await manager()
      const there = (await client.objects())[`${kind}s`].find((one) => one.name === name)
      if (there === undefined) return true
      await client.remove(kind, there.id)
      return undefined
    })
  }

  return {
    'stack/provide': provide,
    'stack/create': services,
    'stack/update': services,
    'stack/remove': remove,
  }
}

interface SwarmState {
  services: readonly SwarmService[]
  tasks: readonly SwarmTask[]
}

const kinds = ['network', 'config', 'secret', 'service'] as const satisfies readonly StackObject[]

/** The subject of an operation is `KIND NAME`. */
const kindOf = ({ subject }: Operation): StackObject =>
  kinds.find((kind) => subject.startsWith(`${kind} `)) ?? 'service'

const objectsOf = (stack: WantedStack): [subject: string, WantedObject][] =>
  kinds.flatMap((kind) =>
    stack[`${kind}s`].map((one): [string, WantedObject] => [`${kind} ${one.name}`, one]),
  )
