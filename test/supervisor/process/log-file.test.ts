/** A log that cannot be written fails nobody. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog } from '../../../src/supervisor/process/log-file.ts'

test.skipIf(!existsSync('/dev/full'))('a line for which the disk has no room throws at nobody', () => {
  const log = openLog('/dev/full')
  for (let line = 0; line < 3; line += 1) log.warn({ line }, 'no room')
})

test('a line is in the file when the call returns', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'log-'))
  openLog(join(dir, 'new', 'supervisor.log')).info({}, 'listening')
  expect(await readFile(join(dir, 'new', 'supervisor.log'), 'utf8')).toContain('listening')
  await rm(dir, { recursive: true })
})
