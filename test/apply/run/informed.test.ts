import { expect, test } from 'vitest'
import { informed, stageOf } from '../../../src/apply/run/informed.ts'
import type { Progress } from '../../../src/progress.ts'

test('a long wait reports what it waits for until it ends', async () => {
  const { promise: said, resolve: enough } = Promise.withResolvers<void>()
  const messages: string[] = []
  const report = ({ message }: Progress): void => {
    messages.push(message)
    if (messages.length === 2) enough()
  }
  const stages = ['the guest boots', 'the guest is up']
  await informed(
    () => said,
    async () => stages.shift() ?? 'more',
    report,
    5,
  )
  expect(messages.slice(0, 2)).toEqual(['after 0 s: the guest boots', 'after 0 s: the guest is up'])
})

test('a wait whose state cannot be read reports the reason and continues', async () => {
  const { promise: said, resolve } = Promise.withResolvers<string>()
  const report = ({ message }: Progress): void => resolve(message)
  const ask = (): Promise<string> => Promise.reject(new Error('the supervisor does not answer'))
  expect(await informed(() => said, ask, report, 5)).toBe('after 0 s: the supervisor does not answer')
})

test('a running guest is distinguished from a booting one, with the log of its engine', () => {
  const vm = { pid: 1, startedAt: '', accelerator: 'tcg', linkUp: true, agentUp: true } as const
  const hashes = { image: '', metadata: '', argv: '' }
  const engine = { state: 'down', reason: 'dockerd does not answer' } as const
  expect(stageOf({ vm: { state: 'starting', ...vm, hashes }, engine })).toBe('the guest boots, emulated')
  expect(stageOf({ vm: { state: 'running', ...vm, hashes }, engine })).toMatch(/dockerd does not answer/)
})
