/** The command at a real terminal: colours, moving rows, Ctrl-C once and twice, and cursor restoration. */
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keepLock } from '../../src/guest/digest.ts'
import { identityOf, isAlive } from '../../src/host/identity.ts'
import { baseDirs, cachePaths } from '../../src/host/paths.ts'
import { until } from '../../src/host/until.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { terminal } from '../support/cli/terminal.ts'
import { signedMirror } from '../support/guest/signed-mirror.ts'

const hide = '\u001b[?25l'
const show = '\u001b[?25h'
const ctrlC = '\u0003'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  await host.write()
}, 60_000)
afterAll(() => host?.[Symbol.asyncDispose](), 30_000)

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** At a terminal, without variables set by CI or this test run. */
function at(args: string, env: NodeJS.ProcessEnv = {}): ReturnType<typeof terminal> {
  const { CI: _ci, NO_COLOR: _no, FORCE_COLOR: _force, NODE_DISABLE_COLORS: _node, ...rest } = host.env
  return terminal(`${process.execPath} ${join(host.dir, 'desktop', 'dist', 'desktop.js')} ${args}`, {
    cwd: host.dir,
    env: { ...rest, TERM: 'xterm-256color', COLUMNS: '100', ...env },
  })
}

test('a plan is coloured at a terminal, and not with NO_COLOR', async () => {
  await using coloured = at('plan')
  expect(await coloured.ended).toBe(0)
  expect(coloured.drawn()).toContain('\u001b[32mlive')
  await using plain = at('plan', { NO_COLOR: '1' })
  expect(await plain.ended).toBe(0)
  expect(plain.drawn()).toContain('live')
  expect(plain.drawn()).not.toContain('\u001b[')
})

test('output into a file has no colours, on stdout and on stderr', async () => {
  await writeFile(join(host.dir, 'bad.yaml'), 'apiVersion: desktop/v1\nvm: { cpu: 1 }\n')
  await using errors = at(`validate -f bad.yaml 2>${join(host.dir, 'errors')}`)
  expect(await errors.ended).toBe(3)
  const written = await readFile(join(host.dir, 'errors'), 'utf8')
  expect(written).toContain('did you mean "cpus"?')
  expect(written).not.toContain('\u001b')
  await using plan = at(`plan >${join(host.dir, 'plan')}`)
  expect(await plan.ended).toBe(0)
  expect(await readFile(join(host.dir, 'plan'), 'utf8')).not.toContain('\u001b')
})

/** Undoes `slowDisk`. */
async function quickDisk(): Promise<void> {
  const quick = join(host.dir, 'bin', 'qemu-img')
  if (await exists(`${quick}.real`)) await rename(`${quick}.real`, quick)
}

/** Replaces qemu-img with a program that reports its start and ends on request. */
async function slowDisk(): Promise<{ pid: () => Promise<number>; go: () => Promise<void> }> {
  const [began, go] = [join(host.dir, 'began'), join(host.dir, 'go')]
  const quick = join(host.dir, 'bin', 'qemu-img')
  if (!(await exists(`${quick}.real`)))
    await writeFile(`${quick}.real`, await readFile(quick), { mode: 0o755 })
  await writeFile(
    quick,
    `#!/bin/sh\necho $$ >${began}\nwhile [ ! -e ${go} ]; do sleep 0.05; done\nrm -f ${go} ${began}\nexec ${quick}.real "$@"\n`,
    { mode: 0o755 },
  )
  return {
    pid: async () => {
      const read = async (): Promise<number> => Number(await readFile(began, 'utf8').catch(() => ''))
      await until(async () => (await read()) > 0, { deadlineMs: 15_000, intervalMs: 20 })
      return await read()
    },
    go: () => writeFile(go, ''),
  }
}

beforeEach(async () => {
  await host.desktop('destroy', '--yes')
})

test('Ctrl-C once lets what runs end, begins nothing more, and gives the cursor back', {
  timeout: 60_000,
}, async () => {
  const disk = await slowDisk()
  await using apply = at('apply')
  await disk.pid()
  await apply.sees(hide)
  apply.type(ctrlC)
  await apply.sees('press Ctrl-C again')
  await disk.go()
  expect(await apply.ended).toBe(130)
  expect(apply.drawn().lastIndexOf(show)).toBeGreaterThan(apply.drawn().lastIndexOf(hide))
  expect(apply.drawn()).toContain('interrupted')
  // The terminal did not end the program, so the disk is complete. Nothing was started after it.
  expect(await exists(host.paths.dataDisk)).toBe(true)
  expect(await host.boots()).toEqual([])
})

test('Ctrl-C twice ends it at once, what runs with it, and gives the cursor back', {
  timeout: 60_000,
}, async () => {
  const disk = await slowDisk()
  await using apply = at('apply')
  const program = await identityOf(await disk.pid())
  await apply.sees(hide)
  apply.type(ctrlC)
  await apply.sees('press Ctrl-C again')
  apply.type(ctrlC)
  expect(await apply.ended).toBe(130)
  expect(apply.drawn().lastIndexOf(show)).toBeGreaterThan(apply.drawn().lastIndexOf(hide))
  expect(program).toBeDefined()
  await until(async () => program === undefined || !(await isAlive(program)), {
    deadlineMs: 5_000,
    intervalMs: 20,
  })
  expect(await exists(host.paths.dataDisk)).toBe(false)
})

test('Ctrl-C ends what changes nothing at once, with 130 and no lock written', {
  timeout: 60_000,
}, async () => {
  const cache = cachePaths(baseDirs(host.env))
  await using mirror = await signedMirror()
  // The mirror accepts the request and never responds.
  mirror.intercept = () => true
  try {
    for (const line of ['lock --update', 'image build']) {
      mirror.requests.length = 0
      // Without cached package lists, both commands must query the mirror.
      await rm(cache.aptDir, { recursive: true, force: true })
      await using command = at(line, mirror.env)
      await until(async () => mirror.requests.length > 0, { deadlineMs: 20_000, intervalMs: 20 })
      command.type(ctrlC)
      expect(await command.ended).toBe(130)
      expect(command.drawn()).toContain('nothing was changed')
    }
    expect(await exists(join(host.dir, 'desktop.lock'))).toBe(false)
  } finally {
    await keepLock(cache, { source: 'trixie/amd64', components: [] })
  }
})

test('in CI a terminal gets plain lines: no cursor is hidden and nothing is drawn over', {
  timeout: 60_000,
}, async () => {
  const disk = await slowDisk()
  await using apply = at('apply', { CI: 'true' })
  await disk.pid()
  await disk.go()
  expect(await apply.ended).toBe(0)
  expect(apply.drawn()).toContain('  ok    ')
  expect(apply.drawn()).not.toContain(hide)
  for (const moves of ['A', '1A', 'K', '2K', 'J']) expect(apply.drawn()).not.toContain(`\u001b[${moves}`)
})

test('a question is asked at a terminal only, and anything but yes is no', { timeout: 60_000 }, async () => {
  const disk = await slowDisk()
  await disk.go()
  await host.ok('apply')
  await using asked = at('destroy')
  await asked.sees('Type yes to continue: ')
  asked.type('n\n')
  expect(await asked.ended).toBe(4)
  await using ci = at('destroy', { CI: '1' })
  expect(await ci.ended).toBe(4)
  expect(ci.drawn()).not.toContain('Type yes')
  await using agreed = at('destroy')
  await agreed.sees('Type yes to continue: ')
  agreed.type('yes\n')
  expect(await agreed.ended).toBe(0)
})

test('top follows keys and the size of the terminal, says when the supervisor is gone, and gives the screen back', {
  timeout: 90_000,
}, async () => {
  const otherScreen = '\u001b[?1049'
  await quickDisk()
  await host.ok('apply')
  await using top = at('top --interval 100ms')
  await top.sees(`${otherScreen}h`)
  await top.sees('vm running', 30_000)
  top.type('/443')
  await top.sees('/443▏', 30_000)
  top.type('\r>')
  await top.sees('sort: sent', 30_000)
  await host.kill('supervisor')
  await top.sees('waiting for the supervisor: ', 30_000)
  top.type('q')
  expect(await top.ended).toBe(0)
  expect(top.drawn().trimEnd()).toMatch(/\[\?25h.{0,2}\[\?1049l$/s)
})

test('top without a terminal, and with --once, is one sample of text or JSON', async () => {
  await (await slowDisk()).go()
  await host.ok('apply')
  expect(await host.ok('top', '--interval', '10ms')).toMatch(/^crash {2}vm running/)
  expect(JSON.parse(await host.ok('top', '--format', 'json', '--interval', '10ms'))).toMatchObject({
    format: 'desktop-top/1',
    vm: 'running',
    flows: [],
  })
  await using once = at('top --once --interval 10ms')
  expect(await once.ended).toBe(0)
  expect(once.drawn()).not.toContain('\u001b[?1049h')
})
