/** The first commands of the README, verbatim, as run by a newcomer who has only the clone. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ok } from './environment.ts'
import { type FreshClone, freshClone } from './fresh-clone.ts'

const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
const commands = [...readme.matchAll(/^(\.\/bin\/[^#\n]*?) *(#.*)?$/gm)].map(([, command = '']) => command)

let clone: FreshClone

beforeAll(async () => {
  clone = await freshClone()
})

afterAll(async () => {
  await clone?.[Symbol.asyncDispose]()
})

test('the README begins with the two commands of a fresh clone', () => {
  expect(commands).toEqual(['./bin/desktop apply -f desktop.yaml', './bin/test'])
})

test('the first command of the README ends with an engine that answers, on an empty home directory', {
  timeout: 600_000,
}, async () => {
  const output = await ok(clone.sh(commands[0] ?? '', 590_000))
  const socket = /^export DOCKER_HOST='?unix:\/\/([^'\n]+)/m.exec(output)?.[1]
  expect(socket, output).toBeDefined()
  const ping = await ok(
    clone.sh(`curl -s --max-time 20 --unix-socket '${socket}' http://docker/_ping`, 30_000),
  )
  expect(ping).toBe('OK')
})

test('the second command of the README passes in a fresh clone', {
  timeout: 2_400_000,
  retry: 0,
}, async () => {
  // The end-to-end runs, this one among them, are left out: they are what runs now.
  const { code, stdout, stderr } = await clone.sh(`${commands[1]} --fast`, 2_390_000)
  const counts = /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\n$/.exec(stdout)
  const file = process.env.DESKTOP_TEST_COUNTS
  if (counts !== null && file !== undefined) {
    const [passed, failed, skipped] = counts.slice(1).map((text) => Number(text ?? 0))
    const failures = [...stdout.matchAll(/^failed: (.*)$/gm)].map(
      ([, line = '']) => `in the fresh clone: ${line}`,
    )
    await writeFile(file, JSON.stringify({ passed, failed, skipped, failures }))
  }
  // What failed there is in its output, and nowhere else.
  if (code !== 0) console.error(stdout.slice(-200_000))
  expect(code, `${stdout.slice(-6000)}${stderr.slice(-2000)}`).toBe(0)
  expect(stdout).toMatch(/\n\d+ passed, 0 failed(, \d+ skipped)?\n$/)
})
