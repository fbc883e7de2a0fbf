/** Site rules as applied by every command, in a mount namespace in which /etc/desktop belongs to the test. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunResult } from '../../src/host/run.ts'
import { desktopUnshared } from '../support/cli/unshared.ts'

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'site-'))
  await cp('/etc/passwd', join(dir, 'etc', 'passwd'))
  await mkdir(join(dir, 'etc', 'desktop'))
  await writeFile(
    join(dir, 'etc', 'desktop', 'policy.yaml'),
    'apiVersion: desktop/v1\npolicy:\n  - { name: cap, path: vm.memory, max: 1GiB, message: small machines }\n',
  )
  await writeFile(join(dir, 'desktop.yaml'), 'apiVersion: desktop/v1\nname: site\nvm:\n  memory: 2GiB\n')
})
afterAll(() => rm(dir, { recursive: true }))

/** @param before a shell command that runs as root of the namespace. */
function desktop(args: string, before = 'true'): Promise<RunResult> {
  return desktopUnshared(dir, '--mount', `mount --bind ${dir}/etc /etc && ${before}`, args)
}

test.each([
  'validate',
  'plan',
  'drift',
  'apply --yes',
  'start --yes',
  "validate --set 'policy=[]'",
  "validate --set 'policy=[{name: cap, path: vm.memory, max: 64GiB, severity: warn}]'",
])('desktop %s keeps to the site: exit 5, with rule, reason and the place in the file', async (args) => {
  const ended = await desktop(args)
  expect(`${ended.stdout}${ended.stderr}`).toMatch(
    /desktop\.yaml:4:11.*cap: small machines: vm\.memory is 2GiB/,
  )
  expect(ended.code).toBe(5)
})

test('a configuration within the rules passes', async () => {
  const ended = await desktop('validate --set vm.memory=1GiB')
  expect(ended.stderr).toContain('valid')
  expect(ended.code).toBe(0)
})

test('a file that anyone may write stops every command that asks for the rules', async () => {
  const ended = await desktop('validate --set vm.memory=1GiB', 'chmod 666 /etc/desktop/policy.yaml')
  expect(ended.stderr).toMatch(/users other than root can write it.*\[policy\/site-file\]/)
  expect(ended.code).toBe(5)
})
