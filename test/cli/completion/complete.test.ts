import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Completion, complete, visible } from '../../../src/cli/completion/complete.ts'
import { completionScripts } from '../../../src/cli/completion/scripts.ts'
import { processOutput } from '../../../src/cli/output.ts'
import { defineProgram } from '../../../src/cli/program.ts'

const program = defineProgram(processOutput(), () => {})
const sources = {
  keys: async () => [{ value: 'vm.cpus' }, { value: 'vm.memory' }],
  generations: async (files: readonly string[]) => [{ value: '7', description: files.join() }],
  images: async () => [{ value: '0123456789ab' }],
  environments: async () => [{ value: 'dev' }],
  hosts: async () => [{ value: 'builder' }],
  hostIds: async () => [{ value: '0123456789abcdef' }],
  machines: async () => [{ value: 'm.1' }],
}
const ask = (...words: string[]): Promise<Completion> => complete(program, words, sources)
const values = async (...words: string[]): Promise<string[] | 'files'> => {
  const found = await ask(...words)
  return found.kind === 'files' ? 'files' : found.values.map(({ value }) => value)
}

/** All visible commands, with the words that lead to them. */
function commands(command: Command = program, path: string[] = []): { command: Command; path: string[] }[] {
  const below = visible(command).filter((one) => one.name() !== 'help')
  return [{ command, path }, ...below.flatMap((one) => commands(one, [...path, one.name()]))]
}

test('every command is offered by any beginning of its name', async () => {
  for (const { path } of commands().slice(1)) {
    const name = path.at(-1) ?? ''
    for (let i = 0; i <= name.length; i++)
      expect(await values(...path.slice(0, -1), name.slice(0, i))).toContain(name)
  }
})

test('every option is offered once, those with a list again, and takes its value from the next word or after =', async () => {
  for (const { command, path } of commands().slice(1)) {
    for (const option of command.createHelp().visibleOptions(command)) {
      const flag = option.long ?? ''
      expect(await values(...path, flag.slice(0, -1))).toContain(flag)
      if (flag === '--help') continue
      const again = await values(...path, flag, ...(option.required ? ['x'] : []), flag)
      expect(again.includes(flag), `${path.join(' ')} ${flag}`).toBe(Array.isArray(option.defaultValue))
      if (!option.required) continue
      const after = await values(...path, flag, '')
      const joined = await values(...path, `${flag}=`)
      expect(joined).toEqual(after === 'files' ? 'files' : after.map((value) => `${flag}=${value}`))
    }
  }
})

/** Value placeholders of options that offer candidates; names, numbers and networks are free text. */
const offered = ['<file>', '<socket>', '<key=value>', '<duration>', '<part>', '<loss>', '<format>']

test('every option whose value can be known offers some, and every argument but a command and a filter', async () => {
  const without: string[] = []
  for (const { command, path } of commands().slice(1)) {
    for (const { flags, long } of command.options) {
      const known = offered.some((placeholder) => flags.endsWith(placeholder))
      if (known && (await values(...path, long ?? '', '')).length === 0)
        without.push(`${path.join(' ')} ${long}`)
    }
    if (command.commands.length > 0) continue
    for (const [index, argument] of command.registeredArguments.entries()) {
      const found = await values(...path, ...Array.from({ length: index }, () => 'x'), '')
      const free = ['command', 'filter'].includes(argument.name())
      if (found.length === 0 && !free) without.push(`${path.join(' ')} <${argument.name()}>`)
    }
  }
  expect(without).toEqual([])
})

test('keys are offered to explain as they are and to --set with =', async () => {
  expect(await values('explain', 'vm.m')).toEqual(['vm.memory'])
  expect(await values('plan', '--set', 'vm.m')).toEqual(['vm.memory='])
  expect(await values('plan', '--set=vm.m')).toEqual(['--set=vm.memory='])
})

test('generations are those of the file on the line', async () => {
  const found = await ask('show', '-f', 'a.yaml', '--file=b.yaml', '')
  expect(found).toEqual({ kind: 'values', values: [{ value: '7', description: 'a.yaml,b.yaml' }] })
  expect(await values('diff', '7', '')).toEqual(['7'])
  expect(await values('diff', '7', '7', '')).toEqual([])
})

test('after -- and in the command of exec the shell is left alone', async () => {
  expect(await values('exec', '--', '')).toBe('files')
  expect(await values('exec', 'ls', '--jso')).toBe('files')
  expect(await values('exec', '-s', 'docker', '-')).toContain('--json')
})

test('hidden commands and options are not offered', async () => {
  expect(await values('__')).toEqual([])
})

test('any line at all is answered, with words that begin as the last one does', async () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'plan',
      'image',
      'exec',
      '--set',
      '-f',
      '--',
      '-',
      '--format=',
      '--only',
      '__proto__',
      'help',
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
      const found = await values(...words)
      if (found !== 'files')
        for (const value of found) expect(value.startsWith(words.at(-1) ?? '')).toBe(true)
    }),
  )
})

test('each script asks the program that is being completed, whatever its path', () => {
  expect(completionScripts.bash).toContain(`"\${words[0]}" __complete`)
  expect(completionScripts.zsh).toContain(`"\${words[1]}" __complete`)
  expect(completionScripts.fish).toContain('$words[1] __complete')
})

test('services that are offered are those of the guest, and so is the one that doctor names', async () => {
  const read = (path: string): string => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8')
  const services = [...read('templates/linuxkit.yml.njk').matchAll(/^ {2}- name: (.+)$/gm)].map(
    ([, name]) => name,
  )
  const logs = ['console', 'supervisor', 'qemu', 'containerd', ...services]
  expect(services).toEqual(expect.arrayContaining((await values('exec', '-s', '')) as string[]))
  expect(logs).toEqual(expect.arrayContaining((await values('logs', '')) as string[]))
  const [, named] = /desktop logs (\w+)`/.exec(read('src/cli/doctor/machine.ts')) ?? []
  expect(services).toContain(named)
})
