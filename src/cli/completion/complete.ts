/** Completes a command line from the program's own definitions. Pure, except for the value sources. */
import type { Argument, Command, Option } from 'commander'
import { offeredFor } from '../../config/guest-components.ts'

export interface Candidate {
  value: string
  description?: string
}

export type Completion =
  | { kind: 'values'; values: readonly Candidate[] }
  /** Files are left to the shell. */
  | { kind: 'files' }

/** Values outside the program: keys, generations, logs. `files` are those given with `-f`. */
export interface Sources {
  keys: () => Promise<readonly Candidate[]>
  generations: (files: readonly string[]) => Promise<readonly Candidate[]>
  images: () => Promise<readonly Candidate[]>
  environments: () => Promise<readonly Candidate[]>
  machines: (files: readonly string[]) => Promise<readonly Candidate[]>
  hosts: (files: readonly string[]) => Promise<readonly Candidate[]>
  hostIds: (files: readonly string[]) => Promise<readonly Candidate[]>
}

type Source = keyof Sources | 'files' | 'assignments' | 'none' | readonly string[]

/**
 * Value sources, keyed by the name of an option or argument, or else by its value placeholder; options with
 * choices need no entry.
 */
const sourceOf: Readonly<Record<string, Source>> = {
  file: 'files',
  plan: 'files',
  socket: 'files',
  dir: 'files',
  set: 'assignments',
  key: 'keys',
  generation: 'generations',
  from: 'generations',
  to: 'generations',
  digest: 'images',
  environment: 'environments',
  machine: 'machines',
  host: 'hosts',
  'host-id': 'hostIds',
  source: offeredFor('log'),
  service: offeredFor('exec'),
  timeout: ['4m', '10m'],
  interval: ['5s', '1m'],
  duration: ['30s', '5m'],
}

/** @param words after `desktop`; the last is the word being completed, possibly empty. */
export async function complete(
  program: Command,
  words: readonly string[],
  sources: Sources,
): Promise<Completion> {
  const current = words.at(-1) ?? ''
  const line = read(program, words.slice(0, -1))
  const values = async (from: Argument | Option, written: string, prefix = ''): Promise<Completion> => {
    const found = await valuesOf(from, line.files, sources)
    if (found.kind === 'files') return found
    return matching(found.values, written, prefix)
  }
  if (line.pending !== undefined) return values(line.pending, current)
  if (line.rest) return { kind: 'files' }
  const [, flag, written] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? []
  if (flag !== undefined && written !== undefined) {
    const option = optionOf(line.command, flag)
    return option === undefined ? none : values(option, written, `${flag}=`)
  }
  if (current.startsWith('-')) return matching(flagsOf(line), current)
  if (line.positional === 0 && line.command.commands.length > 0)
    return matching(commandsOf(line.command), current)
  const argument = line.command.registeredArguments[line.positional] ?? lastVariadic(line.command)
  return argument === undefined ? none : values(argument, current)
}

const none: Completion = { kind: 'values', values: [] }

function matching(all: readonly Candidate[], written: string, prefix = ''): Completion {
  const values = all.filter(({ value }) => value.startsWith(written))
  return {
    kind: 'values',
    values: prefix === '' ? values : values.map((one) => ({ ...one, value: `${prefix}${one.value}` })),
  }
}

/** The meaning of the words before the current one. */
interface Line {
  command: Command
  /** An option whose value comes next. */
  pending: Option | undefined
  positional: number
  /** Whether the word is after `--`, or in the command that `exec` runs. */
  rest: boolean
  used: ReadonlySet<Option>
  files: readonly string[]
}

function read(program: Command, words: readonly string[]): Line {
  let command = program
  let positional = 0
  let pending: Option | undefined
  const used = new Set<Option>()
  const files: string[] = []
  const note = (option: Option, value: string): void => {
    if (option.attributeName() === 'file') files.push(value)
  }
  for (const [index, word] of words.entries()) {
    if (pending !== undefined) {
      note(pending, word)
      pending = undefined
    } else if (word === '--') {
      return { command, pending, positional, rest: true, used, files }
    } else if (word.startsWith('-') && word !== '-') {
      const [name = '', value] = word.startsWith('--') ? word.split(/=(.*)/s) : [word]
      const option = optionOf(command, name)
      if (option === undefined) continue
      used.add(option)
      if (value !== undefined) note(option, value)
      else if (option.required) pending = option
    } else {
      const next = positional === 0 ? command.commands.find((one) => one.name() === word) : undefined
      if (next !== undefined) command = next
      else {
        positional += 1
        // `exec COMMAND …`: the rest belongs to the other command.
        if (command.name() === 'exec') return { command, pending, positional, rest: index >= 0, used, files }
      }
    }
  }
  return { command, pending, positional, rest: false, used, files }
}

const optionOf = (command: Command, flag: string): Option | undefined =>
  command.options.find(({ long, short }) => long === flag || short === flag)

const lastVariadic = ({ registeredArguments }: Command): Argument | undefined => {
  const last = registeredArguments.at(-1)
  return last?.variadic === true ? last : undefined
}

/** Visible commands, by name. */
const commandsOf = (command: Command): Candidate[] =>
  visible(command).map((one) => ({ value: one.name(), description: one.description() }))

export const visible = (command: Command): readonly Command[] => command.createHelp().visibleCommands(command)

/** Flags that can still be given; repeatable ones have a list as their default. */
function flagsOf({ command, used }: Line): Candidate[] {
  const help = command.createHelp()
  return help
    .visibleOptions(command)
    .filter((option) => !used.has(option) || Array.isArray(option.defaultValue))
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description }))
}

/** `--write <file>` yields `write` and `file`. */
function namesOf(from: Argument | Option): string[] {
  const names =
    'attributeName' in from
      ? [from.attributeName(), /<([\w-]+)>$/.exec(from.flags)?.[1] ?? '']
      : [from.name()]
  return names.filter((name) => Object.hasOwn(sourceOf, name))
}

async function valuesOf(
  from: Argument | Option,
  files: readonly string[],
  sources: Sources,
): Promise<Completion> {
  const choices = from.argChoices
  const source =
    choices ??
    namesOf(from)
      .map((name) => sourceOf[name])
      .find((row) => row !== undefined) ??
    'none'
  if (typeof source !== 'string') return { kind: 'values', values: source.map((value) => ({ value })) }
  switch (source) {
    case 'files':
      return { kind: 'files' }
    case 'none':
      return none
    case 'keys':
      return { kind: 'values', values: await sources.keys() }
    case 'environments':
      return { kind: 'values', values: await sources.environments() }
    case 'machines':
      return { kind: 'values', values: await sources.machines(files) }
    case 'hosts':
      return { kind: 'values', values: await sources.hosts(files) }
    case 'hostIds':
      return { kind: 'values', values: await sources.hostIds(files) }
    case 'assignments':
      return {
        kind: 'values',
        values: (await sources.keys()).map((one) => ({ ...one, value: `${one.value}=` })),
      }
    case 'generations':
      return { kind: 'values', values: await sources.generations(files) }
    case 'images':
      return { kind: 'values', values: await sources.images() }
  }
}
