/** The specification that is sent for a service: ids of what it refers to, and its image by digest as docker resolves it. */
import type { JsonValue } from '../../../config/desired.ts'
import type { StackClient, StackObjects } from '../../../engine/stack.ts'
import type { Spec, SwarmService } from '../../../engine/stack-replies.ts'
import { messageOf } from '../../../errors/system.ts'
import { tagged, tagOf } from '../../../reconcile/stack/image.ts'

interface Options {
  live: StackObjects
  there: SwarmService | undefined
  client: Pick<StackClient, 'digest'>
  auth: string | undefined
  /** Reports an image without a digest, e.g. one that the registry does not have. */
  warn: (message: string) => void
}

type JsonMap = { [key: string]: JsonValue }

const mapOf = (value: JsonValue | undefined): JsonMap =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}

/** Against docker/cli (deploy_composefile.go, deployServices) and the client's service_create.go. */
export async function completeSpec(
  wanted: Spec,
  { live, there, client, auth, warn }: Options,
): Promise<Spec> {
  const task = mapOf(wanted.TaskTemplate)
  const container = mapOf(task.ContainerSpec)
  const old = mapOf(there?.spec.TaskTemplate)
  const image = await imageOf(String(container.Image ?? ''), old)
  return {
    ...wanted,
    TaskTemplate: {
      ...task,
      // `docker service update --force` counts up.
      ForceUpdate: old.ForceUpdate ?? 0,
      Placement: {
        ...mapOf(task.Placement),
        ...(image.platforms === undefined ? {} : { Platforms: image.platforms }),
      },
      ContainerSpec: {
        ...container,
        Image: image.name,
        Secrets: references(container.Secrets, 'Secret', live.secrets),
        Configs: references(container.Configs, 'Config', live.configs),
      },
    },
  }

  async function imageOf(given: string, before: JsonMap): Promise<{ name: string; platforms?: JsonValue }> {
    const name = tagged(given)
    const known = String(mapOf(before.ContainerSpec).Image ?? '')
    // The same tag stays on its digest: nothing is replaced because a registry has a newer image.
    if (known !== '' && tagOf(known) === name) {
      const platforms = mapOf(before.Placement).Platforms
      return { name: known, ...(platforms === undefined ? {} : { platforms }) }
    }
    if (name.includes('@')) return { name }
    try {
      const { digest, platforms } = await client.digest(name, auth)
      const list = platforms.map((one) => ({ ...one }))
      return { name: `${name}@${digest}`, ...(list.length === 0 ? {} : { platforms: list }) }
    } catch (error) {
      warn(`${name} has no digest, so each machine uses the image that it has: ${messageOf(error)}`)
      return { name }
    }
  }
}

/** The engine refers to secrets and configs by id. */
function references(
  list: JsonValue | undefined,
  kind: 'Secret' | 'Config',
  objects: readonly { id: string; name: string }[],
): JsonValue {
  if (!Array.isArray(list)) return null
  return list.map((one) => {
    const reference = mapOf(one)
    const found = objects.find(({ name }) => name === reference[`${kind}Name`])
    return { ...reference, [`${kind}ID`]: found?.id ?? '' }
  })
}
