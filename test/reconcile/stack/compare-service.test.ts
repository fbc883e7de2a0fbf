/** A service of the file against the engine's: what counts as a difference, under which key, and for which tasks. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { serviceChanges } from '../../../src/reconcile/stack/compare-service.ts'
import type { Spec } from '../../../src/reconcile/stack/wanted.ts'
import { mayHoldSecrets } from '../../../src/reconcile/stack/written.ts'
import { echoed, networkNames, wantedService } from '../../support/reconcile/stack.ts'

const changes = (has: Spec, wanted: Spec): string[] =>
  serviceChanges(has, wanted, { networks: networkNames }).map(
    ({ key, from, to, tasks }) => `${key}: ${from ?? '∅'} → ${to ?? '∅'} (${tasks})`,
  )
const plain = wantedService('lab_web')

type More = NonNullable<Parameters<typeof wantedService>[1]>

test.each<[string, More, string[]]>([
  ['the image', { container: { Image: 'box:2' } }, ['image: box:latest → box:2 (replaced)']],
  [
    'a label of the containers',
    { container: { Labels: { 'com.docker.stack.namespace': 'lab', 'a.b': 'c' } } },
    ['labels.a.b: ∅ → c (replaced)'],
  ],
  [
    'a label of the service',
    { top: { Labels: { 'com.docker.stack.namespace': 'lab', x: '' } } },
    ['deploy.labels.x: ∅ →  (none)'],
  ],
  [
    'the number of replicas',
    { top: { Mode: { Replicated: { Replicas: 3 } } } },
    ['deploy.replicas: 1 → 3 (none)'],
  ],
  ['no replica', { top: { Mode: { Replicated: { Replicas: 0 } } } }, ['deploy.replicas: 1 → 0 (none)']],
  ['the mode', { top: { Mode: { Global: {} } } }, ['deploy.mode: replicated → global (replaced)']],
  [
    'a variable, whose value is not shown',
    { container: { Env: ['PASSWORD=x=y'] } },
    ['environment.PASSWORD: ∅ → (not shown) (replaced)'],
  ],
  ['a command', { container: { Args: ['a', 'b'] } }, ['command: ∅ → ["a","b"] (replaced)']],
  [
    'published ports',
    {
      top: {
        EndpointSpec: {
          Ports: [
            { Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'ingress' },
            { Protocol: 'udp', TargetPort: 53, PublishedPort: 53, PublishMode: 'host' },
          ],
        },
      },
    },
    ['ports: ∅ → ["53:53/udp host","8080:80/tcp"] (replaced)'],
  ],
  [
    'limits',
    { task: { Resources: { Limits: { NanoCPUs: 5e8, MemoryBytes: 52_428_800 } } } },
    [
      'deploy.resources.limits.cpus: ∅ → 0.5 (replaced)',
      'deploy.resources.limits.memory: ∅ → 50MiB (replaced)',
    ],
  ],
  [
    'a placement constraint',
    { task: { Placement: { Constraints: ['node.labels.disk == fast'] } } },
    ['deploy.placement.constraints: ∅ → ["node.labels.disk == fast"] (placement)'],
  ],
  [
    'how it is updated',
    {
      top: {
        UpdateConfig: { Parallelism: 2, Delay: 1.5e9, FailureAction: 'rollback', Order: 'start-first' },
      },
    },
    [
      'deploy.update_config.delay: ∅ → 1.5s (none)',
      'deploy.update_config.failure_action: pause → rollback (none)',
      'deploy.update_config.order: stop-first → start-first (none)',
      'deploy.update_config.parallelism: ∅ → 2 (none)',
    ],
  ],
  [
    'another network',
    { task: { Networks: [{ Target: 'lab_front', Aliases: ['web'] }] } },
    ['networks.lab_default: ["web"] → ∅ (replaced)', 'networks.lab_front: ∅ → ["web"] (replaced)'],
  ],
  [
    'a health check',
    { container: { Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9, Retries: 3 } } },
    [
      'healthcheck.interval: ∅ → 1s (replaced)',
      'healthcheck.retries: ∅ → 3 (replaced)',
      'healthcheck.test: ∅ → ["CMD","true"] (replaced)',
    ],
  ],
  ['a key that is unknown here', { container: { OomScoreAdj: 5 } }, ['oom_score_adj: ∅ → 5 (replaced)']],
])('%s is a difference under its compose key, in both directions', (_what, more, expected) => {
  const wanted = wantedService('lab_web', more)
  expect(changes(echoed(plain), wanted)).toEqual(expected)
  const back = expected.map((text) => {
    const [, key = '', from = '', to = '', tasks] = /^(.*?): (.*) → (.*) \((\w+)\)$/.exec(text) ?? []
    return `${key}: ${mayHoldSecrets(key) && to !== '∅' ? '(not shown)' : to} → ${from} (${tasks})`
  })
  expect(changes(echoed(wanted), plain)).toEqual(back)
})

test.each<[string, More]>([
  ['defaults, and ids of networks', {}],
  ['the digest of the image', { container: { Image: `box:latest@sha256:${'a'.repeat(64)}` } }],
  [
    'platforms of the image',
    { task: { Placement: { Platforms: [{ Architecture: 'amd64', OS: 'linux' }] } } },
  ],
  ['a forced update', { task: { ForceUpdate: 3 } }],
  ['the mode by default', { top: { Mode: { Replicated: { Replicas: 1 } } } }],
  ['an empty list', { container: { Env: [], Mounts: null, ReadOnly: false, User: '' } }],
])('no difference: %s', (_what, more) => {
  expect(changes(echoed(wantedService('lab_web', more)), plain)).toEqual([])
})

test('an image that the file pins by digest is compared with it', () => {
  const pinned = wantedService('lab_web', { container: { Image: `box@sha256:${'b'.repeat(64)}` } })
  expect(changes(echoed(plain), pinned)).toHaveLength(1)
  expect(changes(echoed(pinned), pinned)).toEqual([])
})

test.each([
  ['box', 'box:latest'],
  ['box:latest', 'box'],
  ['host:5000/box', 'host:5000/box:latest'],
  [`box:latest@sha256:${'a'.repeat(64)}`, 'box'],
])('%.20j is the same image as %j', (has, wanted) => {
  const image = (Image: string) => wantedService('lab_web', { container: { Image } })
  expect(changes(echoed(image(has)), image(wanted))).toEqual([])
})

test('a digest without a tag is not the image latest', () => {
  const pinned = wantedService('lab_web', { container: { Image: `box@sha256:${'b'.repeat(64)}` } })
  expect(changes(echoed(pinned), plain)).toHaveLength(1)
})

const words = fc.constantFrom('a', 'b', 'c.d', 'E')
const maps = fc.dictionary(words, fc.constantFrom('', '1', 'x y'))
const specs = fc
  .record({
    labels: maps,
    own: maps,
    env: maps,
    replicas: fc.option(fc.nat(5), { nil: undefined }),
    args: fc.array(words),
    mounts: fc.uniqueArray(words),
    aliases: fc.uniqueArray(words),
    limit: fc.option(fc.nat(9), { nil: undefined }),
    restart: fc.constantFrom(undefined, { Condition: 'none' }, { Condition: 'any', Delay: 1e9 }),
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3 }),
  })
  .map(({ labels, own, env, replicas, args, mounts, aliases, limit, restart, ports }) =>
    wantedService('lab_web', {
      container: {
        Labels: labels,
        Args: args,
        Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
        Mounts: mounts.map((Target) => ({ Type: 'volume', Target })),
      },
      task: {
        Networks: [{ Target: 'lab_front', Aliases: aliases }],
        Resources: limit === undefined ? {} : { Limits: { Pids: limit } },
        ...(restart === undefined ? {} : { RestartPolicy: restart }),
      },
      top: {
        Labels: own,
        Mode: { Replicated: replicas === undefined ? {} : { Replicas: replicas } },
        EndpointSpec: {
          Ports: ports.map((PublishedPort) => ({
            Protocol: 'tcp',
            TargetPort: 80,
            PublishedPort,
            PublishMode: 'ingress',
          })),
        },
      },
    }),
  )

test('any service that was deployed as it is has no difference', () => {
  fc.assert(fc.property(specs, (spec) => changes(echoed(spec), spec).length === 0))
})

test('the order of sets, such as mounts, ports, aliases and variables, does not count', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed).reverse()
    if (value === null || typeof value !== 'object') return value
    // The words of a command have an order.
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, key === 'Args' ? inner : reversed(inner)]),
    )
  }
  fc.assert(fc.property(specs, (spec) => changes(echoed(spec), reversed(spec) as Spec).length === 0))
})

test('a difference is found from either side under the same keys', () => {
  const keys = (has: Spec, wanted: Spec): string[] =>
    serviceChanges(echoed(has), wanted, { networks: networkNames }).map(({ key }) => key)
  fc.assert(
    fc.property(specs, specs, (a, b) => {
      expect(keys(a, b)).toEqual(keys(b, a))
    }),
  )
})
