/** `desktop status` of machines on another host; a program in place of ssh runs the real agent. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MachinesDocument } from '../../../src/cli/views/machines.ts'
import { type RunResult, run } from '../../../src/host/run.ts'
import { expectValid } from '../../support/cli/json-schemas.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'status-'))
  const programs = {
    'bin/ssh': `#!/bin/sh
case "$*" in *" -O "*|*" down "*) exit 255;; esac
for last; do :; done
export HOME=${dir}/there XDG_STATE_HOME=${dir}/there/state XDG_RUNTIME_DIR=${dir}/there/run
exec sh -c "$last"
`,
    'there/.local/bin/desktop': `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`,
  }
  for (const [name, text] of Object.entries(programs)) {
    const path = join(dir, name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, text)
    await chmod(path, 0o755)
  }
  await mkdir(join(dir, 'there/run'), { mode: 0o700 })
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function status(ssh: string, ...args: readonly string[]): Promise<RunResult> {
  await writeFile(
    join(dir, 'desktop.yaml'),
    `apiVersion: desktop/v1
name: lab
hosts: { b: { ssh: ${ssh} } }
vms: { m: { host: [local, b], count: 2, memory: 1GiB } }
`,
  )
  const env = {
    ...process.env,
    PATH: `${join(dir, 'bin')}:${process.env.PATH}`,
    XDG_STATE_HOME: join(dir, 'here'),
    XDG_RUNTIME_DIR: join(dir, 'here'),
  }
  return await run([process.execPath, main, 'status', ...args], { cwd: dir, env })
}

async function machines(ssh: string): Promise<MachinesDocument['machines']> {
  const { stdout, stderr } = await status(ssh, '--json')
  expect(stderr).toBe('')
  const document: unknown = JSON.parse(stdout)
  expectValid('machines', document)
  return (document as MachinesDocument).machines
}

test('the status of a machine elsewhere names its host, with paths of that host and files of this one', async () => {
  const [here, there] = await machines('up')
  expect(here).not.toHaveProperty('host')
  expect(here?.paths?.stateDir).toMatch(`${dir}/here/`)
  expect(there).toMatchObject({ machine: 'm.2', host: 'b', state: 'absent', files: here?.files })
  expect(there?.paths?.stateDir).toMatch(`${dir}/there/`)
  expect(there?.dockerHost).toContain(`${dir}/here/`)
  const text = (await status('up', '--machine', 'm.2')).stdout
  expect(text).toMatch(/^lab\.m\.2 {2}absent\n {2}host {8}b\n/)
})

test('the status of a machine whose host does not answer has no paths', async () => {
  const [, there] = await machines('down')
  expect(there).toMatchObject({ machine: 'm.2', host: 'b', state: 'unknown' })
  expect(there).not.toHaveProperty('paths')
})
