/** Sessions with desktop on another host, with programs in place of ssh and of desktop there. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openSession } from '../../../src/apply/remote/session.ts'
import { apiVersion } from '../../../src/supervisor/api/api.ts'
import { toolVersion } from '../../../src/version.ts'

let dir: string
const host = { name: 'builder', ssh: { host: 'builder', user: 'me' } }
const hello = JSON.stringify({ type: 'value', id: 1, value: { toolVersion, apiVersion } })

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
${JSON.stringify({ type: 'value', id: 2, value: ['lab.w.1'] })}`,
    JSON.stringify({ type: 'failure', id: 3, failure }),
  )
  await using session = await openSession(host)
  const seen: unknown[] = []
  const left = session.call('left', { cluster: 'lab', owner: 'a:/p', kept: [] }, (one) => seen.push(one))
  expect(await left).toEqual(['lab.w.1'])
  expect(seen).toEqual([{ step: 'image', message: 'building', done: 1 }])
  await expect(session.call('unlock', { name: 'lab.w.1' })).rejects.toMatchObject(failure)
})

test.each([
  ['a name that leads elsewhere', '["../x"]'],
  ['a value of another type', '{"a":1}'],
])('%s is refused as an invalid reply', async (_name, value) => {
  await answers(hello, `{"type":"value","id":2,"value":${value}}`)
  await using session = await openSession(host)
  const left = session.call('left', { cluster: 'lab', owner: 'a:/p', kept: [] })
  await expect(left).rejects.toMatchObject({ code: 'hosts/reply' })
})

test('invalid output ends the session', async () => {
  await answers('Welcome to builder!')
  await expect(openSession(host)).rejects.toMatchObject({ code: 'hosts/reply' })
})

test('another version there is refused, with the command that installs this one', async () => {
  await answers(JSON.stringify({ type: 'value', id: 1, value: { toolVersion: '0.0.1', apiVersion } }))
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
