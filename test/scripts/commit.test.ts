/** A release is dated and named by its commit, not by its build time. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { releaseOf } from '../../scripts/release/commit.ts'
import { run } from '../../src/host/run.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'commit-'))
  vi.stubEnv('SOURCE_DATE_EPOCH', undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true, force: true })
})

async function commit(): Promise<void> {
  await writeFile(join(dir, 'file'), 'one')
  const who = 'git -c user.name=a -c user.email=a'
  const script = `git init -q && git add file && ${who} commit -q -m one`
  const env = { GIT_COMMITTER_DATE: '2001-02-03T04:05:06Z', GIT_AUTHOR_DATE: '2001-02-03T04:05:06Z' }
  expect(await run(['sh', '-c', script], { cwd: dir, env })).toMatchObject({ code: 0 })
}

test('a release has the commit and its time, and says when files differ from it', async () => {
  await commit()
  const release = await releaseOf(dir, '1.2.3')
  expect(release).toEqual({
    version: '1.2.3',
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    modified: false,
    date: '2001-02-03T04:05:06.000Z',
  })
  await writeFile(join(dir, 'file'), 'two')
  expect(await releaseOf(dir, '1.2.3')).toEqual({ ...release, modified: true })
})

test('SOURCE_DATE_EPOCH decides the time, in a repository and outside', async () => {
  vi.stubEnv('SOURCE_DATE_EPOCH', '86400')
  const outside = { version: '1.2.3', commit: null, modified: false, date: '1970-01-02T00:00:00.000Z' }
  expect(await releaseOf(dir, '1.2.3')).toEqual(outside)
  await commit()
  expect((await releaseOf(dir, '1.2.3')).date).toBe(outside.date)
})

test('a SOURCE_DATE_EPOCH that is not a number is refused', async () => {
  vi.stubEnv('SOURCE_DATE_EPOCH', 'yesterday')
  await expect(releaseOf(dir, '1.2.3')).rejects.toThrow('SOURCE_DATE_EPOCH')
})
