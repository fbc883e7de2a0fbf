/**
 * Runs the documentation's console blocks that need no VM, with the real command in a temporary directory.
 */
import { globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BashSession, bashSession } from '../support/docs/bash-session.ts'
import { filesOf, missingLine, pagesWithVm, stepsOf, unrunLines } from '../support/docs/transcript.ts'

const root = join(import.meta.dirname, '../..')
const pages = ['*.md', 'docs/**/*.md'].flatMap((pattern) => globSync(pattern, { cwd: root }))
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')
const withSteps = pages.filter((page) => stepsOf(textOf(page)).length > 0)

test('every command with its output in the documentation stands in a console block, which a test runs', () => {
  expect(pages.flatMap((page) => unrunLines(textOf(page)).map((line) => `${page}: ${line}`))).toEqual([])
})

test('the README has at most 900 words', () => {
  expect(textOf('README.md').split(/\s+/).length).toBeLessThanOrEqual(900)
})

test('the pages whose commands need a VM have commands', () => {
  expect(withSteps).toEqual(expect.arrayContaining([...pagesWithVm]))
})

describe.each(withSteps.filter((page) => !pagesWithVm.includes(page)))('%s', (page) => {
  let dir: string
  let bash: BashSession

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'page-'))
    for (const name of ['run', 'bin']) await mkdir(join(dir, name), { mode: 0o700 })
    await symlink(join(root, 'bin/desktop'), join(dir, 'bin/desktop'))
    for (const [name, text] of filesOf(textOf(page))) await writeFile(join(dir, name), text)
    const env = {
      HOME: dir,
      XDG_RUNTIME_DIR: join(dir, 'run'),
      XDG_STATE_HOME: join(dir, 'state'),
      XDG_CACHE_HOME: join(dir, 'cache'),
      XDG_CONFIG_HOME: join(dir, 'config'),
      PATH: `${join(dir, 'bin')}:${process.env.PATH}`,
      NO_COLOR: '1',
    }
    bash = bashSession({ cwd: dir, env })
  })
  afterAll(async () => {
    await bash?.[Symbol.asyncDispose]()
    await rm(dir, { recursive: true })
  })

  test.each(stepsOf(textOf(page)))(
    'line $line prints what the page shows: $command',
    async ({ command, expected }) => {
      const { output } = await bash.run(command, 60_000)
      expect(missingLine(expected, output), output).toBeUndefined()
    },
  )
})
