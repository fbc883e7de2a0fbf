import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { observeGuest, parseMarked } from '../../src/observe/guest.ts'
import { absent, present } from '../../src/reading.ts'

const runHere = promisify(execFile)

test('files come back as they are, whatever is in them', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string(), { nil: undefined })), (contents) => {
      const mark = 'd3f1'
      fc.pre(contents.every((content) => !content?.includes(mark)))
      const printed = contents.map((c) => (c === undefined ? `${mark} -\n` : `${mark} +\n${c}`)).join('')
      expect(parseMarked(printed, mark)).toEqual(contents.map((c) => (c === undefined ? absent : present(c))))
    }),
  )
})

test('the script is one that sh runs, and absent files and kernel parameters are told apart', async () => {
  const exec = async (argv: readonly string[]) => {
    const [file, ...args] = argv as [string, ...string[]]
    return { exitCode: 0, ...(await runHere(file, args)) }
  }
  const seen = await observeGuest(exec, ['kernel.ostype', 'kernel.no_such_thing'])
  expect(seen).toEqual({
    state: 'present',
    value: {
      daemonJson: { state: 'absent' },
      sysctl: { 'kernel.ostype': present('Linux\n'), 'kernel.no_such_thing': absent },
    },
  })
})

test('an answer that was cut short is unknown, not absent', async () => {
  const seen = await observeGuest(async () => ({ exitCode: 0, stdout: '', stderr: '' }), [])
  expect(seen.state).toBe('unknown')
})
