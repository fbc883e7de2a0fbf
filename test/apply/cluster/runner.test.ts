/** Operations of a machine on another host, whose session is a function. */
import { expect, test } from 'vitest'
import { runnerThere } from '../../../src/apply/cluster/runner.ts'
import type { HostSession } from '../../../src/apply/remote/session.ts'
import { DesktopError } from '../../../src/errors/desktop-error.ts'

const lost = new DesktopError('hosts/unreachable', 'me@builder: the connection ended')
const executed = { results: new Map(), errors: [], milliseconds: new Map() }
const ended = { result: 'applied', milliseconds: 1 } as const

/** A session whose requests of this name fail. */
const failing = (name: string, error: Error): HostSession => ({
  host: { name: 'builder', ssh: { host: 'builder' } },
  hostId: '0123456789abcdef',
  call: (call) => (call === name ? Promise.reject(error) : Promise.resolve(null as never)),
  [Symbol.asyncDispose]: async () => {},
})
const runnerOn = (session: HostSession) => runnerThere(session, 'lab.w.2', [], { offline: false })

test('a host that is lost before the first operation fails its operations, and the apply continues', async () => {
  const runner = await runnerOn(failing('begin', lost))
  await expect(runner.step([], () => {})).rejects.toBe(lost)
  await runner.end(executed, ended)
})

test('a generation that the other host could not write is an error', async () => {
  const runner = await runnerOn(failing('end', new DesktopError('host/no-space', 'disk full')))
  await expect(runner.end(executed, ended)).rejects.toMatchObject({ code: 'host/no-space' })
})

test('a host that is lost at the end of an apply reports the interruption itself', async () => {
  const runner = await runnerOn(failing('end', lost))
  await runner.end(executed, ended)
})
