/** The table of exit codes, with the real command in a separate process (docs/reference/exit-codes.md). */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dialOnce } from '../../src/host/dial.ts'
import { acquireLock, type Lock } from '../../src/host/flock.ts'
import { baseDirs, environmentPaths } from '../../src/host/paths.ts'
import { type RunResult, run } from '../../src/host/run.ts'

const entry = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')

let dir: string
let env: NodeJS.ProcessEnv
const at = (name: string): string => join(dir, name)

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-cli-'))
  env = {
    ...process.env,
    HOME: dir,
    XDG_CONFIG_HOME: at('config'),
    XDG_STATE_HOME: at('state'),
    XDG_CACHE_HOME: at('cache'),
    XDG_RUNTIME_DIR: dir,
    NO_COLOR: '1',
  }
  await writeFile(at('desktop.yaml'), 'apiVersion: desktop/v1\nname: table\n')
  await writeFile(
    at('forbidden.yaml'),
    'apiVersion: desktop/v1\nname: table\npolicy: [{ name: few, path: vm.cpus, max: 1, message: one is enough }]\n',
  )
  await writeFile(at('colima.yaml'), 'cpu: 3\n')
  await writeFile(at('loose.yaml'), 'apiVersion:   desktop/v1\nvm: {cpus: 2}   # two\n')
  await writeFile(at('broken.yaml'), 'a: [\n')
  await writeFile(at('bad.yaml'), 'apiVersion: desktop/v1\nname: table\nvm:\n  cpu: 2\n')
})
afterAll(() => rm(dir, { recursive: true }))

const desktop = (...args: string[]): Promise<RunResult> => start(args, () => {})

function start(args: string[], onStderr: (text: string) => void): Promise<RunResult> {
  return run([process.execPath, entry, ...args], { cwd: dir, env, onStderr })
}

test.each<[number, string[], RegExp]>([
  [0, ['--version'], /^\d+\.\d+\.\d+$/m],
  [0, ['--help'], /Usage: desktop/],
  [0, ['validate'], /valid/],
  [0, ['env'], /^export DOCKER_HOST='unix:\/\//],
  [0, ['status'], /absent/],
  [0, ['plan'], /start the VM/],
  [2, ['plan', '--exit-code'], /start the VM/],
  [0, ['drift'], /differences? from the file/],
  [2, ['drift', '--exit-code'], /differences? from the file/],
  [0, ['config', 'show', '--origin'], /vm\.cpus: 2 {2}# default/],
  [0, ['plan', '--set', 'vm.cpus=4', '-f', 'desktop.yaml'], /start the VM/],
  [1, ['stop'], /there is no environment "table".*state\/no-environment/],
  [1, ['destroy', '--yes'], /state\/no-environment/],
  [0, ['import', 'colima', 'colima.yaml', '-o', '-'], /cpus: 3 # cpu: 3/],
  [1, ['import', 'colima', 'colima.yaml', '-o', 'desktop.yaml'], /exists already.*\n.*--force/],
  [1, ['import', 'colima', 'none.yaml', '-o', '-'], /import\/unreadable/],
  [0, ['fmt', '--check'], /^$/],
  [2, ['fmt', '--check', '-f', 'loose.yaml'], /loose\.yaml would be reformatted/],
  [0, ['fmt', '-f', 'loose.yaml'], /^apiVersion: desktop\/v1\nvm: \{ cpus: 2 \} # two\n$/],
  [3, ['fmt', '-f', 'broken.yaml'], /config\/yaml/],
  [1, ['fmt', '--check', '--write'], /cannot be used with/],
  [1, ['pln'], /did you mean plan\?/],
  [1, ['plan', '--jsn'], /did you mean --json\?/],
  [1, ['explain', 'vm.memry'], /did you mean "vm.memory"/],
  [1, ['explain', 'network.egres'], /did you mean "network.egress"/],
  [8, ['logs', 'kernel'], /this host itself has console, supervisor, qemu/],
  [8, ['logs', 'supervisr'], /did you mean "supervisor"/],
  [3, ['validate', '-f', 'bad.yaml'], /bad\.yaml:4:3 {2}unknown key "cpu".*\[config\/unknown-key\]/],
  [3, ['apply', '-f', 'bad.yaml'], /did you mean "cpus"/],
  [3, ['plan', '-f', 'none.yaml'], /desktop init/],
  [1, ['up'], /unknown command 'up'.*\[cli\/usage\]\n.*desktop apply/],
  [1, ['up', '--json'], /^{"errors":\[{"code":"cli\/usage"/],
  [1, ['apply', 'desktop.yaml'], /not a saved plan.*\n.*desktop apply -f desktop\.yaml/],
  [1, ['validate', 'desktop.yaml'], /desktop validate -f desktop\.yaml/],
  [1, ['disk', 'foo'], /the commands of `desktop disk` are show, compact/],
  [0, [], /desktop init[\s\S]*desktop --help/],
  [
    5,
    ['validate', '-f', 'forbidden.yaml'],
    /few: one is enough: vm\.cpus is 2; at most 1.*\[policy\/violated\]/,
  ],
  [5, ['plan', '-f', 'forbidden.yaml'], /start the VM[\s\S]*the rule is at forbidden\.yaml:3:18/],
  [5, ['drift', '-f', 'forbidden.yaml'], /few: one is enough/],
  [5, ['apply', '-f', 'forbidden.yaml', '--yes'], /few: one is enough/],
  [0, ['validate', '-f', 'forbidden.yaml', '--set', 'vm.cpus=1'], /valid/],
  [0, ['validate', '-f', 'forbidden.yaml', '--set', 'policy[0].severity=warn'], /policy warning: few/],
  [1, ['stop', '-f', 'forbidden.yaml'], /state\/no-environment/],
  [8, ['console'], /vm\/not-running/],
])('exit %i: desktop %j', async (code, args, said) => {
  const ended = await desktop(...args)
  expect(`${ended.stdout}${ended.stderr}`).toMatch(said)
  expect(ended.code).toBe(code)
})

test.each([['--version'], ['config', 'show'], ['--help']])(
  'output that cannot be written ends %s with an error and no stack trace',
  async (...args) => {
    const line = `exec "$0" "$@" >/dev/full`
    const ended = await run(['sh', '-c', line, process.execPath, entry, ...args], { cwd: dir, env })
    expect(ended.stderr).toMatch(/^error: standard output: ENOSPC/)
    expect(ended.stderr).not.toContain('    at ')
    expect(ended.code).toBe(1)
  },
)

test('a directory in place of the environment record is named', async () => {
  const { record } = environmentPaths('taken', baseDirs(env))
  await mkdir(record, { recursive: true })
  const ended = await desktop('status', '--set', 'name=taken')
  expect(ended.stderr).toContain(`${record} is a directory, not a file   [state/unreadable]`)
  await rm(record, { recursive: true })
})

/** The lock of an environment that exists. */
async function locked(): Promise<Lock> {
  const { lock, generationsDir } = environmentPaths('table', baseDirs(env))
  await mkdir(generationsDir, { recursive: true })
  return await acquireLock(lock, { command: 'a test' })
}

test('exit 6 and the name of the holder while another command works on the environment', async () => {
  await using _held = await locked()
  const ended = await desktop('stop')
  expect(ended.stderr).toContain(`a test (pid ${process.pid}`)
  expect(ended.code).toBe(6)
})

test('a command that may wait for the lock continues when it is released', async () => {
  const held = await locked()
  const { promise: waits, resolve } = Promise.withResolvers<void>()
  const ended = start(['stop', '--lock-timeout', '20s'], (stderr) => {
    if (stderr.includes('waiting for a test')) resolve()
  })
  await waits
  await held[Symbol.asyncDispose]()
  expect((await ended).code).toBe(0)
})

test('exit 7 for a saved plan of a configuration that has changed since', async () => {
  await writeFile(at('other.yaml'), 'apiVersion: desktop/v1\nname: table\n')
  expect((await desktop('plan', '-f', 'other.yaml', '-o', 'saved.json')).code).toBe(0)
  await writeFile(at('other.yaml'), 'apiVersion: desktop/v1\nname: table\nvm:\n  cpus: 3\n')
  const ended = await desktop('apply', '-f', 'other.yaml', 'saved.json')
  expect(ended.stderr).toContain('the configuration has changed')
  expect(ended.code).toBe(7)
})

test('doctor needs no file, and reports the mistakes of an existing one', async () => {
  const states = async (...args: string[]) => {
    const { stdout } = await desktop('doctor', '--json', ...args)
    const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string; fix?: string }[] }
    expect(checks.every(({ state, fix }) => (state === 'good') === (fix === undefined))).toBe(true)
    return Object.fromEntries(checks.map(({ name, state }) => [name, state]))
  }
  expect(await states()).toMatchObject({ configuration: 'good', directories: 'good', sockets: 'good' })
  expect(await states('-f', 'bad.yaml')).toMatchObject({ configuration: 'bad', CPUs: 'good' })
  const bad = await desktop('doctor', '-f', 'bad.yaml')
  expect(bad.code).toBe(1)
  expect(bad.stdout).toContain('unknown key "cpu"')
})

test('with --json errors are JSON on standard output and nothing else', async () => {
  const { stdout, stderr, code } = await desktop('validate', '-f', 'bad.yaml', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ errors: [{ code: 'config/unknown-key', line: 4 }] })
  expect(stderr).toBe('')
  expect(code).toBe(3)
})

test('a reader that closes its pipe early causes no error', async () => {
  const child = spawn(process.execPath, [entry, 'explain', 'engine'], {
    cwd: dir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  expect(stderr).toBe('')
})

test('forward serves alone and ends cleanly with SIGTERM', async () => {
  const socket = at('forward.sock')
  const { promise: listens, resolve } = Promise.withResolvers<void>()
  const child = spawn(process.execPath, [entry, 'forward', '--listen-qemu', `unix://${socket}`], { env })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('listening on')) resolve()
  })
  await listens
  ;(await dialOnce(socket)).destroy()
  child.kill('SIGTERM')
  expect(await new Promise((ended) => child.once('close', ended))).toBe(0)
  await expect(dialOnce(socket)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('NO_COLOR is honoured', async () => {
  const { stdout } = await desktop('plan')
  expect(stdout).not.toContain('\u001b[')
})
