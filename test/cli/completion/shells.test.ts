/**
 * Completion in real shells: the candidates that Tab shows, with the scripts that `desktop completion`
 * prints.
 */
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completionScripts, type Shell, shells } from '../../../src/cli/completion/scripts.ts'
import { findProgram } from '../../../src/host/packages.ts'
import { run } from '../../../src/host/run.ts'
import { terminal } from '../../support/cli/terminal.ts'

const entry = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts')
const installed = Object.fromEntries(
  await Promise.all(shells.map(async (shell) => [shell, (await findProgram(shell)) !== undefined])),
) as Readonly<Record<Shell, boolean>>

let dir: string
let env: NodeJS.ProcessEnv
const script = (shell: Shell): string => join(dir, `completion.${shell}`)

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shells-'))
  await mkdir(join(dir, 'bin'))
  await writeFile(join(dir, 'bin', 'desktop'), `#!/bin/sh\nexec ${process.execPath} ${entry} "$@"\n`, {
    mode: 0o755,
  })
  for (const shell of shells) await writeFile(script(shell), completionScripts[shell])
  await writeFile(join(dir, 'my plan.json'), '')
  env = {
    ...process.env,
    HOME: dir,
    PATH: `${join(dir, 'bin')}:${process.env.PATH}`,
    XDG_CONFIG_HOME: join(dir, 'config'),
    XDG_CACHE_HOME: join(dir, 'cache'),
    XDG_DATA_HOME: join(dir, 'data'),
    TERM: 'dumb',
  }
})
afterAll(() => rm(dir, { recursive: true, force: true }))

test('every shell is installed where tests must not be left out', async () => {
  const missing = shells.filter((shell) => !installed[shell])
  if (missing.length > 0) console.warn(`completion is not tested in ${missing.join(', ')}: not installed`)
  if (process.env.CI !== undefined) expect(missing).toEqual([])
  await access(entry)
})

/** Typed text, and its completions. */
const lines: readonly [line: string, words: readonly string[]][] = [
  ['desktop pla', ['plan']],
  ['desktop drift --format j', ['json', 'junit']],
  ['desktop drift --format=j', ['--format=json', '--format=junit']],
  ['desktop image ex', ['export']],
  ['desktop apply --allow rec', ['recreate:disk']],
  ['desktop plan --set vm.cp', ['vm.cpus=']],
  ['desktop explain network.dns.up', ['network.dns.upstreams']],
  ['desktop completion ', ['bash', 'zsh', 'fish']],
  ['desktop plan --exit', ['--exit-code']],
  ['desktop apply my', ['my plan.json']],
  ['desktop version zz', []],
]

/** Calls the completion function; prefixes each candidate with the part that bash has already consumed. */
const bashAsks = (line: string): string => `
source ${script('bash')}
COMP_LINE='${line}' COMP_POINT=${line.length}
_desktop
cur=\${COMP_LINE##* }
for one in "\${COMPREPLY[@]}"; do printf '%s%s\\n' "\${cur%"\${cur##*[:=]}"}" "$one"; done`

describe.skipIf(!installed.bash)('bash', () => {
  test.each(lines)('%s', async (line, words) => {
    const { stdout, stderr } = await run(['bash', '--norc', '-c', bashAsks(line)], { cwd: dir, env })
    expect(stderr).toBe('')
    expect(
      stdout
        .split('\n')
        .filter((word) => word !== '')
        .sort(),
    ).toEqual([...words].sort())
  })

  test('Tab writes the rest of the word, and takes no space after =', { timeout: 60_000 }, async () => {
    await using shell = terminal('bash --norc -i', { cwd: dir, env: { ...env, PS1: '> ' } })
    shell.type(`source ${script('bash')}; bind 'set bell-style none'; echo re""ady\n`)
    await shell.sees('ready')
    shell.type('desktop pla\t--exi\t--set vm.cp\t4\u0001echo \u0005\n')
    await shell.sees(/\ndesktop plan --exit-code --set vm\.cpus=4\r?\n/, 40_000)
  })
})

describe.skipIf(!installed.fish)('fish', () => {
  test.each(lines)('%s', async (line, words) => {
    const asks = `source ${script('fish')}; complete -C '${line}'`
    const { stdout, stderr } = await run(['fish', '--no-config', '-c', asks], { cwd: dir, env })
    expect(stderr).toBe('')
    const found = stdout
      .split('\n')
      .map((one) => one.split('\t')[0] ?? '')
      .filter((word) => word !== '')
    expect(found.map((word) => word.replaceAll('\\', '')).sort()).toEqual([...words].sort())
  })
})

describe.skipIf(!installed.zsh)('zsh', () => {
  test('Tab writes the rest of the word, values with : and = and files too', {
    timeout: 120_000,
  }, async () => {
    // With EDITOR=vi, which npx sets, zsh uses other key bindings.
    await using shell = terminal('zsh -f -i', { cwd: dir, env: { ...env, PS1: '> ' } })
    shell.type(
      `autoload -U compinit; compinit -u -D; unsetopt beep; bindkey -e; source ${script('zsh')}; echo re""ady\n`,
    )
    await shell.sees('ready')
    for (const [typed, whole] of [
      ['desktop pla\t--exi\t', 'desktop plan --exit-code'],
      ['desktop plan --set vm.cp\t4', 'desktop plan --set vm.cpus=4'],
      ['desktop apply --allow rec\t', 'desktop apply --allow recreate:disk'],
      ['desktop drift --format=jso\t', 'desktop drift --format=json'],
      ['desktop image ex\t', 'desktop image export'],
      ['desktop apply my\t', 'desktop apply my\\ plan.json'],
    ] as const) {
      // Print the line instead of running it.
      shell.type(`${typed}\u0001echo "<\u0005>"\n`)
      await shell.sees(`\n<${whole.trim()}`, 40_000)
    }
  })
})
