/** Finding out whether sshd of another host forwards unix sockets, with a program in place of ssh. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Agent } from '../../../src/apply/remote/agent.ts'
import { requireForwarding } from '../../../src/apply/remote/forwarding.ts'
import { sshHostPaths } from '../../../src/host/paths.ts'

let dir: string
let session: Parameters<typeof requireForwarding>[0]
let agent: Agent
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'forwarding-'))
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`)
  vi.stubEnv('XDG_STATE_HOME', join(dir, 'state'))
  agent = new Agent(() => Promise.reject(new Error('no status')))
  const call = () => agent.handlers.probe({}, () => {})
  session = { host: { name: 'builder', ssh: { host: 'builder' } }, call: call as typeof session.call }
})
afterEach(async () => {
  agent[Symbol.dispose]()
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

/** @param target what the local end of a forwarded socket reaches; by default the socket there */
const forwardTo = (target = '${forward#*:}'): Promise<void> =>
  writeFile(
    join(dir, 'ssh'),
    `#!/bin/sh
for argument; do
  [ "$previous" = -O ] && request=$argument
  [ "$previous" = -L ] && forward=$argument
  previous=$argument
done
[ "$request" != forward ] || ln -s "${target}" "\${forward%%:*}"
`,
    { mode: 0o755 },
  )

const left = (): Promise<string[]> => readdir(sshHostPaths('builder').dir)

test('a socket whose greeting arrives is forwarded, and nothing is left of it', async () => {
  await forwardTo()
  await requireForwarding(session)
  await requireForwarding(session)
  expect(await left()).toEqual([])
})

test('a stream that sshd closes at once is an error with the setting to change', async () => {
  const closing = createServer((socket) => socket.destroy()).listen(join(dir, 'closing'))
  await forwardTo(join(dir, 'closing'))
  await expect(requireForwarding(session)).rejects.toMatchObject({
    code: 'hosts/no-forwarding',
    message: 'sshd of builder (builder) forwards no unix sockets',
    hint: expect.stringContaining('AllowStreamLocalForwarding yes') as string,
  })
  closing.close()
  expect(await left()).toEqual([])
})
