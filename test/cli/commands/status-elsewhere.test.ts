/** Status of machines on a host that fails. Programs in place of ssh and of desktop there. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { run } from '../../../src/cli/commands/status.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'status-'))
  for (const name of ['STATE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, join(dir, name))
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`)
  const failure = { code: 'state/unreadable', message: '/there/host-id is not an id' }
  const line = JSON.stringify({ type: 'failure', id: 1, failure })
  await writeFile(join(dir, 'ssh'), `#!/bin/sh\nread -r _; printf '%s\\n' '${line}'\n`)
  await chmod(join(dir, 'ssh'), 0o755)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

test('machines of a host whose state is damaged are unknown, with the reason, and the others are shown', async () => {
  const file = join(dir, 'desktop.yaml')
  const hosts = 'hosts: { builder: { ssh: builder } }\nvms: { m: {}, w: { host: builder } }\n'
  await writeFile(file, `apiVersion: desktop/v1\nname: lab\n${hosts}`)
  let text = ''
  const output = { say: () => {}, write: (more: string) => (text += more) }
  expect(await run({ file: [file], set: [], json: true }, output as never)).toBe(0)
  const { machines } = JSON.parse(text)
  expect(machines).toMatchObject([
    { machine: 'm.1', state: 'absent' },
    { machine: 'w.1', state: 'unknown', drift: ['on builder: /there/host-id is not an id'] },
  ])
})
