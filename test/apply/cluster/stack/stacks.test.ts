/** Values of environment variables do not reach the plan. */
import { afterEach, expect, test, vi } from 'vitest'
import { renderStacks, type Stacks, withRenderedStacks } from '../../../../src/apply/cluster/stack/stacks.ts'
import type { Environment } from '../../../../src/apply/environment/environment.ts'
import { withPlaces } from '../../../../src/apply/plan/assess.ts'
import { evaluate } from '../../../../src/config/load.ts'
import { present } from '../../../../src/observation.ts'
import { deployed, stackOf, wantedService } from '../../../support/reconcile/stack.ts'
import { member } from '../../../support/reconcile/swarm.ts'

afterEach(() => vi.unstubAllEnvs())

const nothing = { operations: [], notes: [], unchanged: 0 }
const planOf = (stacks: Stacks['stacks'], has = stackOf([])) =>
  withRenderedStacks(
    nothing,
    { stacks, credentials: async () => new Map() },
    { members: [member('m.1', 'manager')], observed: present(deployed(has)) },
  )

test('the message and hint of a refused stack have no value of a variable', () => {
  vi.stubEnv('TOKEN', 'abcdef-1')
  const refused = {
    level: 'error',
    about: 'swarm.stack',
    message: 'bad abcdef-1',
    hint: 'see abcdef-1',
  } as const
  expect(planOf([{ name: 'lab', refused, variables: ['TOKEN'] }]).notes).toEqual([
    { ...refused, message: 'bad (from env TOKEN)', hint: 'see (from env TOKEN)' },
  ])
})

test('the earlier value of a variable is hidden with its value', () => {
  vi.stubEnv('TOKEN', 'abcdef-2')
  const web = (token: string) =>
    stackOf([wantedService('lab_web', { container: { Hostname: `a-${token}` } })])
  const stack = web('abcdef-2')
  const { operations } = planOf(
    [{ stack, notes: [], auth: new Map(), variables: ['TOKEN'] }],
    web('abcdef-1'),
  )
  expect(operations[0]?.causes).toEqual([
    { path: 'swarm.stack.lab_web.hostname', from: '(not shown)', to: 'a-(from env TOKEN)' },
  ])
})

test('a reason why there are no registry credentials is reported', async () => {
  const desired = { machine: { stacks: [{ name: 'lab', file: '/none/stack.yaml' }] } }
  const { credentials } = await renderStacks({ desired } as unknown as Environment)
  const said: string[] = []
  expect((await credentials((message) => said.push(message))).size).toBe(0)
  expect(said).toEqual([
    'the services of lab have no registry credentials: /none/stack.yaml cannot be read: no such file',
  ])
})

test('a missing file of one of two stacks is reported at its own entry of desktop.yaml', async () => {
  const load = (stack: string) =>
    evaluate(
      [{ shown: 'desktop.yaml', path: '/none/desktop.yaml' }],
      { env: {} },
      () => `apiVersion: desktop/v1
name: lab
vms: { m: { swarm: manager } }
swarm:
  stack:${stack}
`,
    )
  const noteOf = async (stack: string) => {
    const { machines, origins } = load(stack)
    const { stacks } = await renderStacks({ desired: machines[0], origins } as unknown as Environment)
    const refused = stacks.flatMap((one) => ('refused' in one ? [one.refused] : []))
    return withPlaces({ ...nothing, notes: refused }, origins).notes.at(-1)
  }
  const named = await noteOf('\n    a: ./none.yaml\n    b: ./nope.yaml')
  expect(named).toMatchObject({ about: 'swarm.stack.b', at: { line: 7, column: 8 } })
  expect(await noteOf(' ./nope.yaml')).toMatchObject({ about: 'swarm.stack', at: { line: 5, column: 10 } })
})
