import { expect, test } from 'vitest'
import { parseResponse } from '../../../src/net/wire/dns.ts'
import { randomFrom } from '../../support/net/random.ts'
import { Campaign } from './campaign.ts'
import { Coverage, Covered } from './coverage.ts'

test('blocks that ran are found, once', async () => {
  const coverage = new Coverage()
  await coverage.start()
  const covered = new Covered()
  parseResponse(new Uint8Array(3))
  const first = await coverage.take()
  expect(covered.add(first, true)).toBeGreaterThan(0)
  expect(covered.size).toBe(0)
  expect(covered.add(first)).toBe(covered.size)
  expect(covered.add(first)).toBe(0)
  // Further than the length.
  parseResponse(Uint8Array.of(0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0))
  expect(covered.add(await coverage.take())).toBeGreaterThan(0)
})

test('a campaign finds what throws and what hangs, and keeps inputs that show more of the parser', async () => {
  const coverage = new Coverage()
  await coverage.start()
  const target = {
    name: 'planted',
    maxBytes: 60,
    seeds: [new Uint8Array(12)],
    run: (input: Uint8Array) => {
      const isResponse = parseResponse(input) !== undefined
      if (isResponse && input[5] === 1) throw new Error('planted')
      const untilMs = performance.now() + (input[0] === 0xfe ? 60 : 0)
      while (performance.now() < untilMs);
    },
  }
  const campaign = new Campaign(target, coverage, randomFrom(7))
  await campaign.begin(target.seeds)
  const { findings, corpus } = campaign
  const deadlineMs = performance.now() + 60_000
  while (performance.now() < deadlineMs && (findings.crashes.length === 0 || findings.hangs.length === 0))
    await campaign.runUntil(performance.now() + 1)
  expect(findings.crashes[0]!.error).toContain('planted')
  expect(findings.hangs[0]!.input[0]).toBe(0xfe)
  expect(corpus.length).toBeGreaterThan(1)
})
