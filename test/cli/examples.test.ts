import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { visible } from '../../src/cli/completion/complete.ts'
import { examples } from '../../src/cli/examples.ts'
import { processOutput } from '../../src/cli/output.ts'
import { defineProgram } from '../../src/cli/program.ts'

const output = processOutput()
const program = defineProgram(output, () => {})

function leaves(command: Command, path: string[] = []): string[] {
  const below = visible(command).filter((one) => one.name() !== 'help')
  return below.length === 0 ? [path.join(' ')] : below.flatMap((one) => leaves(one, [...path, one.name()]))
}

test('every command has examples, and no example is of a command that does not exist', () => {
  expect(Object.keys(examples).sort()).toEqual(leaves(program).sort())
})

const lines = Object.entries(examples).flatMap(([path, rows]) => rows.map(([line]) => [path, line] as const))

test.each(lines)('%s: %s is a command line that desktop understands', async (path, line) => {
  const [, given = ''] = /desktop ([^|>)]*)/.exec(line) ?? []
  const words = given.trim().split(/\s+/)
  let ran: string | undefined
  const fresh = defineProgram(output, () => {})
  const listen = (command: Command, name: string[]): void => {
    command.exitOverride().configureOutput({ writeErr: () => {} })
    if (command.commands.length === 0) {
      command.action(() => {
        ran = name.join(' ')
      })
    }
    for (const one of command.commands) listen(one, [...name, one.name()])
  }
  listen(fresh, [])
  await fresh.parseAsync(words, { from: 'user' })
  expect(ran).toBe(path)
})

test.each(['docker', 'exec', 'shell', 'logs', 'pcap'])(
  'the help of %s, which passes on bytes, has --json for errors only',
  (name) => {
    const help = program.commands.find((one) => one.name() === name)?.helpInformation()
    expect(help).toContain('print errors as JSON')
  },
)

test('the help of no command shows an empty list as a default', () => {
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]
  expect(all(program).filter((one) => one.helpInformation().includes('[])'))).toEqual([])
})
