/**
 * Every command with JSON output conforms to its schema: each command is run here, or listed as an exception.
 */
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { processOutput } from '../../src/cli/output.ts'
import { defineProgram } from '../../src/cli/program.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'

const schemas = join(import.meta.dirname, '../../schemas')
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, formats: { 'date-time': true } })
const own =
  'plan events drift status errors flows generation history generation-diff import watch environments version top'.split(
    ' ',
  )
for (const name of [...own, 'results'])
  ajv.addSchema(JSON.parse(readFileSync(join(schemas, `${name}.schema.json`), 'utf8')))

const result = (command: string): string => `results.schema.json#/definitions/${command.replace(' ', '%20')}`

interface Run {
  args: readonly string[]
  schema: string
  /** One document per line. */
  lines?: true
  code?: number
}

const knownPem =
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n'
const knownKey = 'RWSCBQeFfYNQoAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4'

/** Ordered so that each command finds its prerequisites. */
const runs: readonly Run[] = [
  { args: ['version'], schema: 'version.schema.json' },
  { args: ['validate'], schema: result('validate') },
  { args: ['validate', '--set', 'vm.cpu=2'], schema: 'errors.schema.json', code: 3 },
  { args: ['explain', 'vm'], schema: result('explain') },
  { args: ['config', 'show', '--origin'], schema: result('config show') },
  { args: ['env'], schema: result('env') },
  { args: ['doctor'], schema: result('doctor') },
  { args: ['render', '-o', 'rendered'], schema: result('render') },
  {
    args: ['import', 'docker-desktop', 'settings.json', '-o', 'imported.yaml'],
    schema: 'import.schema.json',
  },
  { args: ['status'], schema: 'status.schema.json' },
  { args: ['drift'], schema: 'drift.schema.json' },
  { args: ['plan'], schema: 'plan.schema.json' },
  { args: ['apply'], schema: 'events.schema.json', lines: true },
  { args: ['apply'], schema: 'events.schema.json', lines: true },
  { args: ['plan'], schema: 'plan.schema.json' },
  { args: ['status'], schema: 'status.schema.json' },
  { args: ['flows'], schema: 'flows.schema.json' },
  { args: ['top'], schema: 'top.schema.json' },
  { args: ['ls'], schema: 'environments.schema.json' },
  { args: ['drift', '--set', 'engine.config={debug: true}'], schema: 'drift.schema.json' },
  {
    args: ['drift', '--repair', '--set', 'engine.config={debug: true}'],
    schema: 'events.schema.json',
    lines: true,
  },
  { args: ['history'], schema: 'history.schema.json' },
  { args: ['show', '1'], schema: 'generation.schema.json' },
  { args: ['diff', '1', '2'], schema: 'generation-diff.schema.json' },
  { args: ['rollback', '1'], schema: 'events.schema.json', lines: true },
  { args: ['disk', 'show'], schema: result('disk show') },
  { args: ['disk', 'compact'], schema: result('disk compact') },
  { args: ['lock', '--check'], schema: result('lock'), code: 2 },
  { args: ['image', 'build'], schema: result('image build') },
  { args: ['image', 'export', 'image.tar'], schema: result('image export') },
  { args: ['image', 'import', 'image.tar'], schema: result('image import') },
  { args: ['signature', 'keygen', 'team.key'], schema: result('signature keygen') },
  { args: ['signature', 'sign', 'image.tar', '-s', 'known.key'], schema: result('signature sign') },
  { args: ['signature', 'statement', 'image.tar'], schema: result('signature statement') },
  { args: ['signature', 'verify', 'image.tar', '-p', knownKey], schema: result('signature verify') },
  { args: ['bundle', 'all.tar'], schema: result('bundle') },
  { args: ['image', 'ls'], schema: result('image ls') },
  { args: ['image', 'inspect', ''], schema: result('image inspect') },
  { args: ['image', 'prune', '--dry-run'], schema: result('image prune') },
  { args: ['fmt'], schema: result('fmt') },
  { args: ['stop'], schema: result('stop') },
  { args: ['status'], schema: 'status.schema.json' },
  { args: ['start'], schema: 'events.schema.json', lines: true },
  { args: ['stop', '--power-off'], schema: result('stop') },
  { args: ['destroy', '--yes'], schema: result('destroy') },
]

/**
 * Commands without a document: external text, files, a terminal, a stream covered by test/cli/watch.test.ts;
 * also those covered by test/commands/unattended.test.ts. `trust` changes the host: test/names/trust.test.ts. `hosts install` needs
 * another host: test/e2e/hosts.test.ts; `hosts forget`: test/cli/commands/hosts-forget.test.ts. `host-agent` talks to another desktop, not to users.
 */
const others = [
  ...'init logs console shell exec pcap forward completion watch docker ui tunnel metrics trust untrust'.split(
    ' ',
  ),
  'confirm',
  'egress learn',
  'hosts install',
  'hosts forget',
  'host-agent',
  'service install',
  'service uninstall',
]

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  const [port] = await freePorts(1)
  await host.write(`ports: ["${port}:80"]\n`)
  await writeFile(join(host.dir, 'known.key'), knownPem)
  await writeFile(join(host.dir, 'settings.json'), '{"cpus": 2, "memoryMiB": 2048}')
})
afterAll(() => host?.[Symbol.asyncDispose]())

describe('the JSON of', () => {
  test.each(runs.map((one) => [one.args.join(' '), one] as const))(
    'desktop %s',
    { timeout: 60_000 },
    async (_name, { args, schema, lines, code = 0 }) => {
      const ended = await host.desktop(...args, '--json')
      expect(ended.code, ended.stdout + ended.stderr).toBe(code)
      const documents = lines === true ? ended.stdout.trimEnd().split('\n') : [ended.stdout]
      for (const text of documents) {
        const valid = ajv.validate(schema, JSON.parse(text))
        expect(valid ? '' : `${ajv.errorsText()}\n${text}`).toBe('')
      }
    },
  )
})

test('no command is left out', () => {
  const program = defineProgram(processOutput(), () => {})
  const names = ({ commands }: Command, before: readonly string[] = []): string[] =>
    commands.flatMap((command) => {
      const path = [...before, command.name()]
      return command.commands.length > 0 ? names(command, path) : [path.join(' ')]
    })
  const known = [...runs.map(({ args }) => args.join(' ')), ...others]
  const missing = names(program).filter(
    (name) => !name.startsWith('__') && !known.some((args) => args === name || args.startsWith(`${name} `)),
  )
  expect(missing).toEqual([])
})

test('a saved plan is the document that is printed', async () => {
  await host.desktop('plan', '-o', 'saved.json')
  const saved: unknown = JSON.parse(await readFile(join(host.dir, 'saved.json'), 'utf8'))
  expect(ajv.validate('plan.schema.json', saved)).toBe(true)
})
