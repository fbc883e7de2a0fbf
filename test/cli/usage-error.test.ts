import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { habitHint, habitWords } from '../../src/cli/habits.ts'
import { processOutput } from '../../src/cli/output.ts'
import { defineProgram } from '../../src/cli/program.ts'
import { unknownCommand } from '../../src/cli/usage-error.ts'

const program = defineProgram(processOutput(), () => {})

const pathsBelow = (command: Command, path: readonly string[] = []): (readonly string[])[] =>
  command.commands.flatMap((one) => [[...path, one.name()], ...pathsBelow(one, [...path, one.name()])])

test.each(habitWords)('`desktop %s --help` and `desktop help %s` give the hint for the word', (word) => {
  expect(unknownCommand(program, [word, '--help'])?.hint).toBe(habitHint(word))
  expect(unknownCommand(program, ['help', word])?.hint).toBe(habitHint(word))
})

test.each([...pathsBelow(program), []])('the help of %s %s is not an error', (...path: string[]) => {
  expect(unknownCommand(program, [...path, '--help'])).toBeUndefined()
  expect(unknownCommand(program, ['help', ...path])).toBeUndefined()
})

test('the help of a mistyped subcommand names the subcommands that exist', () => {
  expect(unknownCommand(program, ['disk', 'resize', '--help'])?.hint).toMatch(/show, compact/)
})

test('a word after a command that runs another one is not taken for a subcommand', () => {
  expect(unknownCommand(program, ['exec', '--', 'suspend', '--help'])).toBeUndefined()
})
