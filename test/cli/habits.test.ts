import { expect, test } from 'vitest'
import { habitHint, habitWords } from '../../src/cli/habits.ts'
import { processOutput } from '../../src/cli/output.ts'
import { defineProgram } from '../../src/cli/program.ts'

const program = defineProgram(processOutput(), () => {})
const commands = new Set(program.commands.map((command) => command.name()))

test('no word of another tool hides a command of desktop', () => {
  expect(habitWords.filter((word) => commands.has(word))).toEqual([])
})

test.each(habitWords)('the hint for "%s" names only commands that exist', (word) => {
  const named = [...(habitHint(word) ?? '').matchAll(/desktop ([a-z-]+)/g)].map(([, command = '']) => command)
  expect(named.filter((command) => !commands.has(command))).toEqual([])
})

test('a word that nobody types by habit has no hint, and neither has a name of Object.prototype', () => {
  expect(habitHint('frobnicate')).toBeUndefined()
  expect(habitHint('constructor')).toBeUndefined()
})
