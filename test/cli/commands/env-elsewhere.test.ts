import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { run } from '../../../src/cli/commands/env.ts'

test('variables for a machine on another host are refused with the command that reaches its engine', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'env-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const file = join(dir, 'desktop.yaml')
  const hosts = 'hosts: { builder: { ssh: builder } }\nvms: { w: { host: builder } }\n'
  await writeFile(file, `apiVersion: desktop/v1\nname: lab\n${hosts}`)
  const output = { say: () => {}, write: () => {} }
  await expect(run({ file: [file], set: [] }, output as never, 'w.1')).rejects.toMatchObject({
    code: 'hosts/elsewhere',
    hint: 'use `desktop docker w.1`',
  })
})
