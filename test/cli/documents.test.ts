/** Every JSON document that a command prints conforms to its schema. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InsideSpace } from '../../src/apply/environment/disk-space.ts'
import { planDocument } from '../../src/apply/plan/document.ts'
import type { Violation } from '../../src/apply/plan/policy.ts'
import { type ApplyEvent, eventStream } from '../../src/apply/run/events.ts'
import { execute } from '../../src/apply/run/execute.ts'
import { liveOf } from '../../src/cli/live/live.ts'
import { FlowRates } from '../../src/cli/live/rates.ts'
import { driftDocument } from '../../src/cli/views/drift.ts'
import { flowsDocument, flowsView } from '../../src/cli/views/flows.ts'
import { type StatusDocument, statusDocument } from '../../src/cli/views/status-document.ts'
import { DesktopError } from '../../src/errors/desktop-error.ts'
import { baseDirs, environmentPaths } from '../../src/host/paths.ts'
import type { DenialView } from '../../src/net/egress/denials.ts'
import type { FlowView } from '../../src/net/flows.ts'
import { absent, type Observation, present, unknown } from '../../src/observation.ts'
import { parseServices } from '../../src/observe/services.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { expectValid, runs } from '../support/cli/json-schemas.ts'
import { aContainer, aFlow, aSample } from '../support/cli/live-sample.ts'
import { desired, observed } from '../support/reconcile/arbitrary.ts'
import { bareHost } from '../support/reconcile/reality.ts'
import { targetOf } from '../support/reconcile/world.ts'

const identity = {
  toolVersion: '0.1.0',
  environment: 'dev',
  environmentId: null,
  bootId: 'b',
  configHash: 'c',
  observedHash: 'o',
}

const realities = fc.oneof(observed, fc.constant(bareHost))

const violations: Violation[] = [
  {
    rule: 'cap',
    severity: 'warn',
    message: 'vm.memory is 4GiB; at most 2GiB is allowed',
    path: 'vm.memory',
    from: '/etc/desktop/policy.yaml:3:11',
    at: { file: 'desktop.yaml', line: 4, column: 3, frame: '  ^' },
  },
  { rule: 'no-loss', severity: 'error', message: 'the plan would lose data', from: 'desktop.yaml:9:1' },
]

test('every plan and every drift', () => {
  fc.assert(
    fc.property(desired, realities, (desired, observed) => {
      const plan = reconcile(targetOf(desired), observed)
      const document = planDocument(plan, violations, identity)
      expectValid('plan', document)
      expectValid('drift', driftDocument(document))
    }),
    runs,
  )
})

const insides = fc.constantFrom<Observation<InsideSpace>>(
  absent,
  unknown('the VM is stalled'),
  present({ totalBytes: 100, usedBytes: 99, availableBytes: 0 }),
)

const memories = fc.constantFrom<Pick<StatusDocument, 'memory' | 'qemuRssBytes'>>(
  { memory: absent },
  { memory: unknown('the guest did not answer within 4 s') },
  {
    memory: present({ totalBytes: 100, usedBytes: 40, availableBytes: 60, containerBytes: 7 }),
    qemuRssBytes: 8,
  },
)

test('every status', () => {
  fc.assert(
    fc.property(desired, realities, insides, memories, (desired, observed, inside, memory) => {
      const paths = environmentPaths(desired.name, baseDirs({ HOME: '/home/a' }))
      const environment = {
        desired,
        files: ['/home/a/desktop.yaml'],
        configHash: 'c',
        paths,
        record: undefined,
        dockerSocket: paths.sockets.docker,
      }
      for (const services of [absent, present(parseServices('web ended 3 5 4 127\n|no such file\n'))])
        expectValid('status', statusDocument(environment, observed, { inside, services, ...memory }))
    }),
    runs,
  )
})

test('every table of flows, busiest first', () => {
  const flow = fc.record<FlowView>({
    protocol: fc.constantFrom('tcp', 'udp'),
    guest: fc.string(),
    remote: fc.string(),
    remotes: fc.integer({ min: 1, max: 64 }),
    from: fc.constantFrom('guest', 'host'),
    state: fc.string(),
    bytesFromGuest: fc.nat(),
    bytesToGuest: fc.nat(),
    retransmissions: fc.nat(),
    rttMs: fc.option(fc.nat()),
    idleMs: fc.nat(),
  })
  const rule = fc.record({ rule: fc.string(), sends: fc.nat(), names: fc.nat() })
  const denial = fc.record<DenialView>({
    id: fc.integer({ min: 1 }),
    rule: fc.string(),
    at: fc.constantFrom('dns', 'send'),
    protocol: fc.constantFrom('tcp', 'udp', 'icmp', 'dns'),
    guest: fc.ipV4(),
    senders: fc.array(fc.string(), { maxLength: 8 }),
    name: fc.option(fc.domain()),
    address: fc.option(fc.oneof(fc.ipV4(), fc.ipV6())),
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    count: fc.integer({ min: 1 }),
    idleMs: fc.nat(),
  })
  const denials = fc.array(denial, { maxLength: 30 })
  fc.assert(
    fc.property(fc.array(flow), fc.array(rule), denials, fc.nat(9), (flows, rules, listed, unlisted) => {
      const egress = [...rules, { rule: 'default allow', sends: 0, names: 0 }]
      const document = flowsDocument('dev', flows, egress, { listed, unlisted })
      expectValid('flows', document)
      const bytes = document.flows.map(({ bytesFromGuest, bytesToGuest }) => bytesFromGuest + bytesToGuest)
      expect(bytes).toEqual(bytes.toSorted((a, b) => b - a))
      expect(flowsView(document).split('\n')).toHaveLength(
        flows.length +
          (rules.length === 0 ? 2 : rules.length + 5) +
          (listed.length === 0 ? 0 : Math.min(20, listed.length) + 2) +
          (listed.length > 20 || unlisted > 0 ? 1 : 0),
      )
    }),
    runs,
  )
})

test('the live network', () => {
  const sample = aSample({ flows: [aFlow], containers: [aContainer('web', '172.17.0.2')] })
  expectValid('top', { format: 'desktop-top/1', environment: 'dev', ...liveOf(sample, new FlowRates()) })
})

test('of a UDP socket that speaks to several the last one is shown, and how many others there are', () => {
  const flow = {
    guest: '192.168.65.3:5353',
    remote: '10.0.0.1:443',
    from: 'guest',
    state: 'ASSURED',
  } as const
  const numbers = { bytesFromGuest: 0, bytesToGuest: 0, retransmissions: 0, rttMs: null, idleMs: 0 }
  const view = (remotes: number) =>
    flowsView(
      flowsDocument('dev', [{ protocol: 'udp', ...flow, ...numbers, remotes }], [], {
        listed: [],
        unlisted: 0,
      }),
    )
  expect(view(1)).toMatch(/→ {2}10\.0\.0\.1:443 {2}ASSURED/)
  expect(view(13)).toMatch(/→ {2}10\.0\.0\.1:443 \+12 {2}ASSURED/)
})

test('every line of an apply', async () => {
  await fc.assert(
    fc.asyncProperty(desired, realities, fc.nat(), async (desired, observed, pick) => {
      const plan = reconcile(targetOf(desired), observed)
      const events: ApplyEvent[] = []
      const emit = eventStream(() => new Date(), [(event) => events.push(event)])
      emit({ event: 'plan', plan: planDocument(plan, violations, identity) })
      const broken = plan.operations[pick % Math.max(1, plan.operations.length)]?.id
      const steps = {
        run: new Proxy({} as Parameters<typeof execute>[1]['run'], {
          get: () => async (group: readonly { id: string }[], onProgress: (p: object) => void) => {
            onProgress({ step: 's', message: 'm', done: 1, total: 2, unit: 'bytes' })
            if (group.some(({ id }) => id === broken))
              throw new DesktopError('internal/bug', 'oops', { hint: 'h' })
          },
        }),
        batch: {},
      }
      await execute(plan.operations, steps, { emit, clock: () => performance.now() })
      emit({
        event: 'result',
        outcome: {
          result: 'incomplete',
          counts: { done: 1, failed: 1, skipped: 0, unknown: 0 },
          generation: 1,
          dockerHost: 'unix:///run/docker.sock',
          notices: ['a note'],
        },
      })
      for (const event of events) expectValid('events', event)
    }),
    runs,
  )
})
