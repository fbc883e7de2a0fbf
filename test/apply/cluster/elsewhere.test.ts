/** Commands that stop or delete machines on other hosts. */
import { expect, test } from 'vitest'
import {
  type Elsewhere,
  forEachElsewhere,
  type MachineElsewhere,
  requireAll,
  requireSome,
} from '../../../src/apply/cluster/elsewhere.ts'
import type { HostSession } from '../../../src/apply/remote/session.ts'
import { DesktopError } from '../../../src/errors/desktop-error.ts'

const sessionOf = (name: string): HostSession => ({
  host: { name, ssh: { host: name } },
  hostId: name,
  call: () => Promise.reject(new Error('not called')),
  [Symbol.asyncDispose]: async () => {},
})
const [a, b] = [sessionOf('a'), sessionOf('b')]
const machine = (name: string, session: HostSession): MachineElsewhere => ({
  host: session.host,
  session,
  name,
  owners: [],
})
const found = (...machines: MachineElsewhere[]): Elsewhere => ({
  cluster: 'lab',
  machines,
  failures: [],
  answered: new Set(['a', 'b']),
})
const lost = new DesktopError('hosts/unreachable', 'the connection ended')
const held = new DesktopError('lock/held', 'held')

test('a host that is lost midway is not tried again, and machines of other hosts are still worked on', async () => {
  const tried: string[] = []
  const all = found(machine('lab.w.1', a), machine('lab.w.2', a), machine('lab.w.3', b))
  const done = await forEachElsewhere(all, async ({ name, session }) => {
    tried.push(name)
    if (session === a) throw lost
  })
  expect(tried).toEqual(['lab.w.1', 'lab.w.3'])
  expect(() => requireAll(done)).toThrow('the connection ended')
  expect([...done.answered]).toEqual(['b'])
})

test('a machine that fails does not prevent the next one of its host', async () => {
  const tried: string[] = []
  const done = await forEachElsewhere(
    found(machine('lab.w.1', a), machine('lab.w.2', a)),
    async ({ name }) => {
      tried.push(name)
      if (name === 'lab.w.1') throw held
    },
  )
  expect(tried).toEqual(['lab.w.1', 'lab.w.2'])
  expect(done.failures).toEqual([held])
})

test('nothing to stop or delete is an error with the name of the environment, or of the unreachable host', async () => {
  await expect(requireSome([], found())).rejects.toThrow('there is no environment "lab"')
  await expect(requireSome([], { ...found(), failures: [lost] })).rejects.toMatchObject({ code: lost.code })
  await expect(requireSome([{}], found())).resolves.toBe(undefined)
})
