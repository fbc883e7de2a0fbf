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

const runsHere = {
  guestReadFile: async () => '{}',
  guestExec: async (argv: readonly string[]) => {
    const [file, ...args] = argv as [string, ...string[]]
    return { exitCode: 0, ...(await runHere(file, args)) }
  },
}

test('the script is one that sh runs, and absent files and kernel parameters are told apart', async () => {
  expect(await observeGuest(runsHere, ['kernel.ostype', 'kernel.no_such_thing'])).toEqual({
    state: 'present',
    value: {
      daemonJson: present('{}'),
      sysctl: { 'kernel.ostype': present('Linux\n'), 'kernel.no_such_thing': absent },
    },
  })
})

test('a daemon.json that is not there is absent; one that cannot be read is an error', async () => {
  const failing = (why: string) => ({ ...runsHere, guestReadFile: () => Promise.reject(new Error(why)) })
  const seen = await observeGuest(failing('failed to open file: No such file or directory'), [])
  expect(seen).toMatchObject({ value: { daemonJson: absent } })
  await expect(observeGuest(failing('no answer within 15000 ms'), [])).rejects.toThrow('no answer')
})

test('an answer that was cut short is an error, not absent parameters', async () => {
  const short = { ...runsHere, guestExec: async () => ({ exitCode: 0, stdout: '', stderr: '' }) }
  await expect(observeGuest(short, ['kernel.ostype'])).rejects.toThrow('cut short')
})
