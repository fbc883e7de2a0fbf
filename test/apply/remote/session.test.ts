/** Sessions with desktop on another host, with programs in place of ssh and of desktop there. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lockThere } from '../../../src/apply/remote/lock.ts'
import { openSession } from '../../../src/apply/remote/session.ts'
import { HostSessions } from '../../../src/apply/remote/sessions.ts'
import type { PartialFailure } from '../../../src/apply/run/execute.ts'
import { apiVersion } from '../../../src/supervisor/api/api.ts'
import { toolVersion } from '../../../src/version.ts'

let dir: string
const host = { name: 'builder', ssh: { host: 'builder', user: 'me' } }
const hostId = '0123456789abcdef'
const hello = JSON.stringify({ type: 'value', id: 1, value: { toolVersion, apiVersion, hostId } })

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'session-'))
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`)
  vi.stubEnv('XDG_STATE_HOME', join(dir, 'state'))
  // The last argument is the command for the shell there.
  await program('ssh', 'for last; do :; done; exec sh -c "$last"')
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(dir, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(dir, name), 0o755)
}

/** desktop there: answers each line it reads with the next of these. */
const answers = (...lines: string[]): Promise<void> =>
  program('desktop', lines.map((line) => `read -r _; printf '%s\\n' '${line}'`).join('\n'))

test('a value is returned, progress is passed on, and a failure keeps its code and hint', async () => {
  const failure = { code: 'lock/held', message: 'held', hint: 'wait' }
  await answers(
    hello,
    `${JSON.stringify({ type: 'progress', id: 2, progress: { step: 'image', message: 'building', done: 1, evil: 1 } })}
${JSON.stringify({ type: 'value', id: 2, value: { names: ['lab.w.1'], unreadable: [] } })}`,
    JSON.stringify({ type: 'failure', id: 3, failure }),
  )
  await using session = await openSession(host)
  const seen: unknown[] = []
  const left = session.call('left', { cluster: 'lab', owners: ['a:/p'], kept: [] }, (one) => seen.push(one))
  expect(await left).toEqual({ names: ['lab.w.1'], unreadable: [] })
  expect(seen).toEqual([{ step: 'image', message: 'building', done: 1 }])
  await expect(session.call('unlock', { name: 'lab.w.1' })).rejects.toMatchObject({
    code: 'lock/held',
    message: 'on builder: held',
    hint: 'on builder: wait',
  })
})

test.each([
  ['a name that leads elsewhere', '{"names":["../x"],"unreadable":[]}'],
  ['such a name with a reason', '{"names":[],"unreadable":[{"name":"../x","reason":"a"}]}'],
  ['a value of another type', '{"a":1}'],
])('%s is refused as an invalid reply', async (_name, value) => {
  await answers(hello, `{"type":"value","id":2,"value":${value}}`)
  await using session = await openSession(host)
  const left = session.call('left', { cluster: 'lab', owners: ['a:/p'], kept: [] })
  await expect(left).rejects.toMatchObject({
    code: 'hosts/reply',
    hint: 'install this version there again: desktop hosts install builder',
  })
  await expect(session.call('hello', {})).rejects.toMatchObject({ code: 'hosts/reply' })
})

test('a failure there is never mistaken for a host that is unreachable', async () => {
  const failure = { code: 'hosts/unreachable', message: 'no' }
  await answers(hello, JSON.stringify({ type: 'failure', id: 2, failure }))
  await using session = await openSession(host)
  const locked = session.call('lock', { name: 'lab.w.1', command: 'desktop apply', timeoutMs: 0 })
  await expect(locked).rejects.toMatchObject({ code: 'hosts/failed', message: 'on builder: no' })
})

test('a failure of one operation of a batch, and an unknown code, name the host and are not reported as a bug here', async () => {
  const failure = { code: 'vm/stolen', message: 'no' }
  const line = { type: 'failure', id: 2, failure, parts: { 'ports/listen/a': failure } }
  await answers(hello, JSON.stringify(line))
  await using session = await openSession(host)
  const error = await session.call('step', { name: 'lab.w.1', operations: [] }).catch((one: unknown) => one)
  const { failures } = error as PartialFailure
  expect(failures.get('ports/listen/a')).toMatchObject({ code: 'hosts/failed', message: 'on builder: no' })
})

test('a failed lock on another host is an error, and an unreachable host has none', async () => {
  const failure = { code: 'hosts/unreachable', message: 'no' }
  const wait = { command: 'desktop apply', timeoutMs: 0, say: () => {} }
  await answers(hello, JSON.stringify({ type: 'failure', id: 2, failure }))
  await using refusing = new HostSessions()
  await expect(lockThere(refusing, host, 'lab.w.1', wait)).rejects.toMatchObject({ code: 'hosts/failed' })
  await program('ssh', 'exit 255')
  await using unreachable = new HostSessions()
  expect(await lockThere(unreachable, host, 'lab.w.1', wait)).toBe(undefined)
})

test('the desktop in ~/.local/bin is used, and not an older one of the system', async () => {
  vi.stubEnv('HOME', dir)
  await answers(JSON.stringify({ type: 'value', id: 1, value: { toolVersion: '0.0.1', apiVersion, hostId } }))
  await mkdir(join(dir, '.local/bin'), { recursive: true })
  await program('.local/bin/desktop', `read -r _; printf '%s\\n' '${hello}'; cat >/dev/null`)
  await using session = await openSession(host)
  expect(session.host).toBe(host)
})

describe('a host that replies to hello and then', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => vi.useRealTimers())

  test('sends nothing is unreachable after 30 s', async () => {
    await program('desktop', `read -r _; printf '%s\\n' '${hello}'; exec cat >/dev/null`)
    const session = await openSession(host)
    const step = session.call('step', { name: 'lab.w.1', operations: [] })
    vi.advanceTimersByTime(30_000)
    await expect(step).rejects.toMatchObject({ code: 'hosts/unreachable' })
    await expect(step).rejects.toThrow('no sign of life within 30 s')
    await session[Symbol.asyncDispose]()
  })

  test.each(['places', 'left', 'assess', 'status'] as const)(
    'is alive without a reply to %s is unreachable at the deadline',
    async (call) => {
      const progress = JSON.stringify({ type: 'progress', id: 2, progress: { step: 'vm', message: 'boot' } })
      await program(
        'desktop',
        `read -r _; printf '%s\\n' '${hello}'; while read -r _; do printf '%s\\n' '${progress}'; done`,
      )
      const session = await openSession(host)
      let signs = 0
      const name = 'lab.w.1'
      const step = session.call('step', { name, operations: [] }, () => (signs += 1))
      session.call(call, {} as never).catch(() => {})
      let error: unknown
      step.catch((thrown: unknown) => {
        error = thrown
      })
      for (let sent = 2; sent < 12 && error === undefined; sent += 1) {
        await vi.waitUntil(() => signs >= sent || error !== undefined, { timeout: 20_000 })
        vi.advanceTimersByTime(20_000)
        session.call('event', {} as never).catch(() => {})
      }
      expect(error).toMatchObject({ code: 'hosts/unreachable' })
      expect(error).toHaveProperty('message', expect.stringContaining(`no reply to ${call} within`))
      await session[Symbol.asyncDispose]()
    },
  )
})

test('invalid output ends the session', async () => {
  await answers('Welcome to builder!')
  await expect(openSession(host)).rejects.toMatchObject({
    code: 'hosts/reply',
    hint: "a command run by ssh must print nothing else; check the shell's startup files there",
  })
})

test('another version there is refused, with the command that installs this one', async () => {
  await answers(JSON.stringify({ type: 'value', id: 1, value: { toolVersion: '0.0.1', apiVersion, hostId } }))
  await expect(openSession(host)).rejects.toMatchObject({
    code: 'hosts/version',
    hint: 'install this version there: desktop hosts install builder',
  })
})

test('a host without desktop and an unreachable host have different errors', async () => {
  vi.stubEnv('HOME', dir)
  await program('ssh', 'exit 127')
  await expect(openSession(host)).rejects.toMatchObject({ code: 'hosts/version' })
  await program('ssh', 'echo "ssh: connect to host builder port 22: No route to host" >&2; exit 255')
  const error = openSession(host)
  await expect(error).rejects.toMatchObject({ code: 'hosts/unreachable' })
  await expect(error).rejects.toThrow('me@builder: ssh: connect to host builder port 22: No route to host')
})

test('when the connection ends, every pending and later request fails', async () => {
  await program('desktop', `read -r _; printf '%s\\n' '${hello}'; read -r _; exit 3`)
  await using session = await openSession(host)
  const pending = [1, 2].map(() => session.call('unlock', { name: 'lab.w.1' }))
  for (const one of pending) await expect(one).rejects.toMatchObject({ code: 'hosts/unreachable' })
  await expect(session.call('hello', {})).rejects.toMatchObject({ code: 'hosts/unreachable' })
})
