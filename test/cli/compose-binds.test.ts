/** Folders that compose would bind, according to its own `config`. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bindsOf, composeBinds, configArguments } from '../../src/cli/compose-binds.ts'

test.each([
  ['compose up -d', 'compose config --format json'],
  ['compose -f up --profile run create', 'compose -f up --profile run config --format json'],
  ['compose --file=a.yml run --rm web', 'compose --file=a.yml config --format json'],
])('of a command that creates containers, the same project is read: %s', (line, config) => {
  expect(configArguments(line.split(' '))?.join(' ')).toBe(config)
})

test.each(['compose ps', 'compose -f up ps', 'compose down', 'run up', 'compose', 'ps'])(
  'a command that creates no containers costs nothing: %s',
  (line) => {
    expect(configArguments(line.split(' '))).toBeUndefined()
  },
)

test('bind mounts, configs and secrets of files are binds; volumes and external ones are not', () => {
  const binds = bindsOf({
    services: {
      web: {
        volumes: [
          { type: 'bind', source: '/p/src' },
          { type: 'volume', source: 'data' },
        ],
      },
      db: {},
    },
    configs: { a: { file: '/p/a.conf' }, b: {} },
    secrets: { s: { file: '/p/secret' } },
  })
  expect(binds).toEqual(['/p/src', '/p/a.conf', '/p/secret'])
  expect(bindsOf({})).toEqual([])
})

/** A fake docker that runs this script. */
async function client(script: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'dt-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const program = join(dir, 'docker')
  await writeFile(program, `#!/bin/sh\n${script}\n`)
  await chmod(program, 0o755)
  return program
}

test('compose itself is asked, and what it refuses or garbles is left to it', async () => {
  const binds = async (script: string) => composeBinds(await client(script), ['compose', 'up'], process.env)
  const project = JSON.stringify({ services: { a: { volumes: [{ type: 'bind', source: '/src' }] } } })
  expect(await binds(`[ "$*" = "compose config --format json" ] && echo '${project}'`)).toEqual(['/src'])
  expect(await binds('echo no such file >&2; exit 1')).toEqual([])
  expect(await binds('echo "{"')).toEqual([])
  expect(await composeBinds('/nonexistent/docker', ['compose', 'up'], process.env)).toEqual([])
})
