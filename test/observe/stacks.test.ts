/** Services of a swarm are read from the first manager that answers. */
import { expect, test } from 'vitest'
import { absent, present, unknown } from '../../src/observation.ts'
import { observeServiceTasks } from '../../src/observe/stacks.ts'
import { fakeStack } from '../support/apply/fake-stack.ts'
import { wantedService } from '../support/reconcile/stack.ts'
import { formed, member, seen } from '../support/reconcile/swarm.ts'

const members = [member('w.1', 'worker'), member('m.1', 'manager'), member('m.2', 'manager')]
const places = members.map(({ machine }) => ({ machine, socket: machine, isUp: true }))
const swarm = seen(formed(members), members)

test('workers are not asked, and a manager that fails is followed by the next', async () => {
  const { client } = fakeStack()
  await client.create('service', wantedService('lab_web'))
  const asked: string[] = []
  const found = await observeServiceTasks(places, swarm, (socket) => {
    asked.push(socket)
    return socket === 'm.1' ? { ...client, services: () => Promise.reject(new Error('no leader')) } : client
  })
  expect(asked).toEqual(['m.1', 'm.2'])
  expect(found).toMatchObject({
    state: 'present',
    value: { services: [{ name: 'lab_web' }], tasks: [{ serviceId: 'id-lab_web' }] },
  })
})

test('tasks are not requested if there is no service', async () => {
  const client = { ...fakeStack().client, tasks: () => Promise.reject(new Error('must not be asked')) }
  const found = await observeServiceTasks(places, swarm, () => client)
  expect(found).toEqual(present({ services: [], tasks: [] }))
})

test('tasks of earlier versions are requested only of services whose update was rolled back', async () => {
  const { client, objects } = fakeStack()
  for (const name of ['lab_web', 'lab_api']) await client.create('service', wantedService(name))
  const update = { state: 'rollback_completed', message: '' }
  objects.services = objects.services.map((one) => (one.name === 'lab_api' ? { ...one, update } : one))
  const asked: (readonly string[])[] = []
  await observeServiceTasks(places, swarm, () => ({
    ...client,
    taskHistory: async (ids) => {
      asked.push(ids)
      throw new Error('busy')
    },
  }))
  expect(asked).toEqual([['id-lab_api']])
})

test.each([
  ['no machine runs', { selves: {}, nodes: absent }, absent],
  ['no manager answers', { ...swarm, nodes: unknown('no quorum') }, unknown('no quorum')],
])('without an answer nothing is claimed: %s', async (_, observed, expected) => {
  const never = (): never => {
    throw new Error('must not be asked')
  }
  expect(await observeServiceTasks(places, observed, never)).toEqual(expected)
})
