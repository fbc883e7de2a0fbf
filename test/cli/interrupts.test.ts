import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Running {
  child: ChildProcess
  said: () => string
  says: (text: string) => Promise<void>
}

function start(kind: string): Running {
  const script = join(import.meta.dirname, 'interrupted-command.ts')
  const child = spawn(process.execPath, [script, kind], { stdio: ['ignore', 'pipe', 'inherit'] })
  let all = ''
  const waiting: { text: string; resolve: () => void }[] = []
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    all += chunk
    for (const { text, resolve } of waiting) if (all.includes(text)) resolve()
  })
  const says = (text: string): Promise<void> =>
    all.includes(text) ? Promise.resolve() : new Promise((resolve) => waiting.push({ text, resolve }))
  return { child, said: () => all, says }
}

test('the first signal lets what runs end by itself', async () => {
  const { child, says, said } = start('ends')
  const exit = once(child, 'exit')
  await says('ready')
  child.kill('SIGINT')
  await says('press Ctrl-C again')
  expect((await exit)[0]).toBe(0)
  expect(said()).toContain('ended')
  expect(said()).not.toContain('killed')
})

test('the second signal ends it at once with 130', async () => {
  const { child, says, said } = start('work')
  const exit = once(child, 'exit')
  await says('ready')
  child.kill('SIGINT')
  await says('press Ctrl-C again')
  const began = performance.now()
  child.kill('SIGINT')
  expect((await exit)[0]).toBe(130)
  expect(performance.now() - began).toBeLessThan(3000)
  expect(said()).toContain('killed')
  expect(said()).not.toContain('ended')
})

test('what does not end within the grace is ended, with 130', { timeout: 20_000 }, async () => {
  const { child, says, said } = start('work')
  const exit = once(child, 'exit')
  await says('ready')
  child.kill('SIGTERM')
  expect((await exit)[0]).toBe(130)
  expect(said()).toContain('killed')
})
