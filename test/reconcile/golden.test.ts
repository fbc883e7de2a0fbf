/** Plans and drift as complete JSON documents, so that changes show in review (test/reconcile/golden). */
import { describe, expect, test } from 'vitest'
import { planDocument } from '../../src/apply/plan/document.ts'
import { driftDocument } from '../../src/cli/views/drift.ts'
import type { Desired } from '../../src/config/desired.ts'
import { present, unknown } from '../../src/observation.ts'
import type { Observed } from '../../src/observe/observed.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { bareHost, inSyncWith } from '../support/reconcile/reality.ts'
import { aDesired, GiB, mapping, targetOf } from '../support/reconcile/world.ts'

const identity = {
  toolVersion: '0.1.0',
  environment: 'dev',
  environmentId: 'e0d1',
  bootId: 'boot-1',
  configHash: 'sha256:config',
  observedHash: 'observed',
}

const before = inSyncWith(targetOf(aDesired))
const proxies = (password: string) => ({ 'http-proxy': `http://me:${password}@proxy.test:3128` })
const withProxy = (password: string): Desired => ({
  ...aDesired,
  engine: { ...aDesired.engine, daemon: { debug: true, proxies: proxies(password) } },
})

const cases: readonly [name: string, desired: Desired, world: Observed][] = [
  ['nothing-to-do', aDesired, before],
  ['bare-host', { ...aDesired, ports: [mapping('web', 8080, 80)] }, bareHost],
  [
    'restart-and-live',
    { ...aDesired, vm: { ...aDesired.vm, memoryBytes: 3 * GiB }, ports: [mapping('web', 8080, 80)] },
    before,
  ],
  ['loss-of-data', { ...aDesired, vm: { ...aDesired.vm, diskBytes: 10 * GiB } }, before],
  [
    'unknown-until-apply',
    aDesired,
    { ...before, guest: unknown('the guest agent is not up'), engine: unknown('no answer') },
  ],
  ['secret-changed', withProxy('new-password'), inSyncWith(targetOf(withProxy('old-password')))],
  [
    'port-taken',
    { ...aDesired, ports: [mapping('web', 8080, 80)] },
    {
      ...before,
      host: { ...before.host, listeners: present([{ protocol: 'tcp', address: '0.0.0.0', port: 8080 }]) },
    },
  ],
]

describe.each(cases)('%s', (name, desired, world) => {
  // How many things are as they should be grows with every new kind of resource; the plans in text have it.
  const plan = { ...reconcile(targetOf(desired), world), unchanged: 1 }
  const document = planDocument(plan, [], identity)

  test('plan', async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.plan.json`)
  })

  test('drift', async () => {
    const drift = driftDocument(document)
    await expect(`${JSON.stringify(drift, null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.drift.json`)
  })
})
