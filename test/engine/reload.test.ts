import { beforeEach, expect, test } from 'vitest'
import type { EngineClient } from '../../src/engine/client.ts'
import { daemonJsonPath, takeDaemonJson, trustedPath } from '../../src/engine/reload.ts'
import type { EngineEvent } from '../../src/engine/replies.ts'
import { absent, type Observation, present } from '../../src/observation.ts'
import type { ExecResult } from '../../src/vm/agent/agent.ts'

/** A guest with files and a dockerd, which loads the file on request. */
class FakeGuest {
  readonly files = new Map<string, string>()
  readonly log: string[] = []
  pid = 100
  running: Record<string, unknown> = {}
  /** Texts that dockerd rejects: with `--validate`, on SIGHUP, or at start-up. */
  refuses: Partial<Record<'validate' | 'reload' | 'start', RegExp>> = {}
  onReload: (event: EngineEvent) => void = () => {}

  guestReadFiles = async (paths: readonly string[]): Promise<Observation<string>[]> =>
    paths.map((path) => {
      const text = this.files.get(path)
      return text === undefined ? absent : present(text)
    })

  guestWriteFile = async (path: string, text: string): Promise<void> => {
    this.log.push(`write ${path.split('/').at(-1)}`)
    this.files.set(path, text)
  }

  guestExec = async (argv: readonly string[]): Promise<ExecResult> => {
    const done = (stdout = '', exitCode = 0): ExecResult => ({ exitCode, stdout, stderr: '' })
    const line = argv.join(' ')
    if (line.includes('--validate')) {
      this.log.push('validate')
      const text = this.files.get(argv.at(-1) ?? '') ?? ''
      return this.refuses.validate?.test(text) ? { exitCode: 1, stdout: '', stderr: 'not valid' } : done('OK')
    }
    if (line.startsWith('killall')) return this.#signal(line)
    if (line === '/usr/sbin/stop-grace') return done('15\n')
    if (line === 'pidof dockerd') return done(`${this.pid}\n`)
    if (line.startsWith('/bin/rm')) {
      this.files.delete(argv.at(-1) ?? '')
      return done()
    }
    if (line.startsWith('tail')) return done('level=error msg="it said why"')
    throw new Error(`not expected: ${line}`)
  }

  #signal(line: string): ExecResult {
    this.log.push(line.includes('-HUP') ? 'HUP' : 'TERM')
    const text = this.files.get(daemonJsonPath) ?? ''
    if (line.includes('-TERM')) this.pid += 1
    const refused = line.includes('-HUP') ? this.refuses.reload : this.refuses.start
    if (!refused?.test(text)) {
      this.running = JSON.parse(text) as Record<string, unknown>
      if (line.includes('-HUP')) this.onReload({ Type: 'daemon', Action: 'reload' })
    }
    return { exitCode: 0, stdout: '', stderr: '' }
  }

  get engine(): EngineClient {
    return {
      ping: async () => !this.refuses.start?.test(this.files.get(daemonJsonPath) ?? ''),
      info: async () => ({
        Debug: this.running.debug ?? false,
        Labels: this.running.labels ?? [],
        LiveRestoreEnabled: this.running['live-restore'] ?? false,
      }),
      events: (_filters: unknown, onEvent: (event: EngineEvent) => void) => {
        this.onReload = onEvent
        return { opened: Promise.resolve(), closed: Promise.resolve() }
      },
    } as unknown as EngineClient
  }
}

const before = '{"debug":false}'
let guest: FakeGuest
beforeEach(() => {
  guest = new FakeGuest()
  guest.files.set(daemonJsonPath, before)
  guest.running = { debug: false }
})

const take = (text: string, how: 'reload' | 'restart', trusted = ''): Promise<void> =>
  takeDaemonJson({ text, trusted, how, guest, engine: guest.engine, restartMs: 300, reloadMs: 300 })

test('a file is validated before it is put in place, and then taken by SIGHUP', async () => {
  await take('{"debug":true}', 'reload')
  expect(guest.log).toEqual(['write daemon.json.candidate', 'validate', 'write daemon.json', 'HUP'])
  expect(guest.running).toEqual({ debug: true })
  expect([...guest.files.keys()]).toEqual([daemonJsonPath])
})

test('what the validation of the guest refuses never takes the place of the file that is in force', async () => {
  guest.refuses.validate = /bad/
  await expect(take('{"bad":1}', 'reload')).rejects.toMatchObject({ code: 'engine/config-rejected' })
  expect(guest.log).toEqual(['write daemon.json.candidate', 'validate'])
  expect(guest.files).toEqual(new Map([[daemonJsonPath, before]]))
})

test('a reload without an event restores the previous file and reloads it', async () => {
  guest.refuses.reload = /"debug":true/
  await expect(take('{"debug":true}', 'reload')).rejects.toMatchObject({
    code: 'engine/reload-failed',
    message: expect.stringMatching(
      /no reload event: .*it said why.*the previous daemon.json is in use again/,
    ),
  })
  expect(guest.files.get(daemonJsonPath)).toBe(before)
  expect(guest.log.slice(-2)).toEqual(['write daemon.json', 'HUP'])
  expect(guest.running).toEqual({ debug: false })
})

test('a reload that the engine confirms with other values than were written fails', async () => {
  guest.running = {}
  const signalled = guest.guestExec
  guest.guestExec = async (argv) => {
    const result = await signalled(argv)
    if (argv.includes('-HUP') && guest.files.get(daemonJsonPath)?.includes('a=b') === true)
      guest.running.labels = []
    return result
  }
  await expect(take('{"labels":["a=b"]}', 'reload')).rejects.toThrow(/labels still has its previous value/)
  expect(guest.files.get(daemonJsonPath)).toBe(before)
})

test('a dockerd that does not come up gets the previous file and certificates', async () => {
  guest.files.set(trustedPath, 'old')
  guest.refuses.start = /"bridge"/
  await expect(take('{"bridge":"none"}', 'restart', 'new')).rejects.toMatchObject({
    message: expect.stringContaining('the previous daemon.json is in use again'),
  })
  expect(guest.files.get(daemonJsonPath)).toBe(before)
  expect(guest.files.get(trustedPath)).toBe('old')
  expect(guest.running).toEqual({ debug: false })
})

test('certificates lie there before dockerd starts that is to read them', async () => {
  await take(before, 'restart', 'new')
  expect(guest.log).toEqual([
    'write daemon.json.candidate',
    'validate',
    'write trusted.pem',
    'write daemon.json',
    'TERM',
  ])
})

test('a daemon.json that is gone from the guest reads as an empty one', async () => {
  guest.files.delete(daemonJsonPath)
  await take('{"debug":true}', 'reload')
  expect(guest.running).toEqual({ debug: true })
})
