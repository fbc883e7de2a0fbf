/** A checkout that came with its own .git, as in an archive: nothing that its configuration names is run. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gitState } from '../../src/apply/history/git.ts'

let root: string
const git = (...args: string[]): string => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' })
const commit = (): void => {
  git('add', '.')
  git('-c', 'user.name=a', '-c', 'user.email=a@a.test', 'commit', '-qm', 'first')
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'))
  git('init', '-q')
  writeFileSync(join(root, 'desktop.yaml'), 'name: x\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const trap = (): string => `touch ${join(root, 'ran')}; false`

test.each([
  ['core.fsmonitor', () => [`[core]\n\tfsmonitor = "${trap()}"\n`]],
  ['a clean filter', () => [`[filter "x"]\n\tclean = "${trap()}"\n\trequired\n`, '* filter=x\n']],
  ['a filter process', () => [`[filter "x"]\n\tprocess = "${trap()}"\n`, '* filter=x\n']],
  [
    'core.sshCommand and a promisor',
    () => [
      `[core]\n\tsshCommand = "${trap()}"\n[remote "o"]\n\turl = ssh://a.test/x\n\tpromisor = true\n[extensions]\n\tpartialClone = o\n`,
    ],
  ],
  [
    'a textconv and an external diff',
    () => [
      `[diff "x"]\n\ttextconv = "${trap()}"\n\tcommand = "${trap()}"\n[diff]\n\texternal = "${trap()}"\n`,
      '* diff=x\n',
    ],
  ],
  [
    'a pager and an alias',
    () => [
      `[core]\n\tpager = "${trap()}"\n\teditor = "${trap()}"\n[alias]\n\tls-tree = "!${trap()}"\n\trev-parse = "!${trap()}"\n`,
    ],
  ],
  ['hooks', () => [`[core]\n\thooksPath = ${join(root, 'hooks')}\n`]],
] as const)('%s of a checkout does not run', async (_name, settings) => {
  commit()
  const [config = '', attributes] = settings() as readonly string[]
  appendFileSync(join(root, '.git', 'config'), config)
  if (attributes !== undefined) writeFileSync(join(root, '.git', 'info', 'attributes'), attributes)
  // The index no longer knows the file as unchanged, so that git would read it through its filters.
  utimesSync(join(root, 'desktop.yaml'), 1, 1)
  const state = await gitState([join(root, 'desktop.yaml')])
  expect(existsSync(join(root, 'ran'))).toBe(false)
  expect(state).toMatchObject({ dirty: false })
})

test('a change hidden by assume-unchanged is a change', async () => {
  commit()
  git('update-index', '--assume-unchanged', 'desktop.yaml')
  writeFileSync(join(root, 'desktop.yaml'), 'name: y\n')
  expect(await gitState([join(root, 'desktop.yaml')])).toMatchObject({ dirty: true })
})
