/**
 * `desktop exec` without a terminal, with the real command and supervisor: streams, their ends, and the exit
 * code.
 */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  await host.write()
  await host.ok('apply')
})
afterAll(() => host?.[Symbol.asyncDispose]())

const start = (...args: string[]) =>
  spawn(process.execPath, [join(host.dir, 'desktop/dist/desktop.js'), 'exec', ...args], {
    cwd: host.dir,
    env: host.env,
  })

test('bytes pass both ways as they are, and the end of the input is not that of the output', async () => {
  const bytes = randomBytes(4 * 2 ** 20)
  const child = start('--', 'sh', '-c', 'cat; echo the end; echo an error >&2; exit 7')
  const chunks: Buffer[] = []
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  child.stdin.end(bytes)
  const [code] = (await once(child, 'close')) as [number]
  const sum = (data: Buffer): string => createHash('sha256').update(data).digest('hex')
  expect(sum(Buffer.concat(chunks))).toBe(sum(Buffer.concat([bytes, Buffer.from('the end\n')])))
  expect(errors).toBe('an error\n')
  expect(code).toBe(7)
})

test('output comes while the command runs, and its input as it is written', async () => {
  const child = start('--', 'cat')
  for (const word of ['first', 'second']) {
    child.stdin.write(word)
    const [echoed] = (await once(child.stdout, 'data')) as [Buffer]
    expect(echoed.toString()).toBe(word)
  }
  child.stdin.end()
  expect(await once(child, 'close')).toEqual([0, null])
})

test('a reader that has enough ends a command that has no end', async () => {
  const child = start('--', 'yes')
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = (await once(child, 'close')) as [number]
  // Some hosts ignore SIGPIPE for all their programs, which then see EPIPE.
  expect([1, 141]).toContain(code)
})

test('--no-interactive leaves the input to others', async () => {
  const child = start('--no-interactive', '--', 'cat')
  child.stdin.on('error', () => {})
  child.stdin.write('for the next program')
  expect(await once(child, 'close')).toEqual([0, null])
})

test('a third signal ends a command whose program ignores them', async () => {
  const child = start('--', 'sh', '-c', "trap '' INT TERM; echo up; cat")
  await once(child.stdout, 'data')
  let errors = ''
  const ended = once(child, 'close')
  // Repeated, since two pending signals of one kind are delivered once.
  const again = setInterval(() => child.kill('SIGTERM'), 100)
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
    // Node restores the default action of signals while exiting.
    if (errors.includes('cli/interrupted')) clearInterval(again)
  })
  const [code] = (await ended) as [number]
  expect(code).toBe(130)
  expect(errors).toContain('cli/interrupted')
})
