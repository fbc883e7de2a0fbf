/** supervisor.log has each new refusal of egress, and no more lines than fit. */
import { expect, test } from 'vitest'
import type { DenialView } from '../../../src/net/egress/denials.ts'
import { denialLog } from '../../../src/supervisor/network/denial-log.ts'

const denial: DenialView = {
  ...{
    id: 1,
    rule: 'default deny',
    at: 'send',
    protocol: 'tcp',
    guest: '192.168.65.3',
    senders: ['web', 'VM'],
  },
  ...{ name: 'nas.test', address: '10.0.0.1', port: 22, count: 1, idleMs: 0 },
}

function logged(): { lines: [object, string][]; tell: () => void; pass: (ms: number) => void } {
  const lines: [object, string][] = []
  let now = 0
  const tell = denialLog({ info: (what, message) => lines.push([what, message]) }, () => now)
  return {
    lines,
    tell: () => tell(denial),
    pass: (ms) => {
      now += ms
    },
  }
}

test('a line names rule, guest, name, address and port', () => {
  const { lines, tell } = logged()
  tell()
  expect(lines).toEqual([
    [
      {
        ...{
          rule: 'default deny',
          protocol: 'tcp',
          guest: '192.168.65.3',
          senders: ['web', 'VM'],
          name: 'nas.test',
        },
        ...{ address: '10.0.0.1', port: 22 },
      },
      'egress refused tcp 192.168.65.3 (web, VM) → 10.0.0.1:22 (nas.test)',
    ],
  ])
})

test('a guest that is refused endlessly writes 32 lines and one each five seconds, which says how many it stands for', () => {
  const { lines, tell, pass } = logged()
  for (let i = 0; i < 1000; i += 1) tell()
  expect(lines).toHaveLength(32)
  pass(5_000)
  tell()
  tell()
  expect(lines).toHaveLength(33)
  expect(lines.at(-1)?.[0]).toMatchObject({ skipped: 968 })
})
