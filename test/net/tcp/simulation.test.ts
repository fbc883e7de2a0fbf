/** Seeded loss, reordering, duplication and delay in both directions, against a model peer. */
import { test } from 'vitest'
import { randomFrom } from '../../support/net/random.ts'
import { clean, type Scenario } from '../../support/net/scenario.ts'
import { simulate } from '../../support/net/simulate.ts'

const everything = { loss: 0.1, duplication: 0.1, delayMs: 20 } as const

const scenarios: readonly [string, Partial<Scenario>][] = [
  ['a clean link', {}],
  ['1 % loss', { loss: 0.01 }],
  ['10 % loss', { loss: 0.1 }],
  ['30 % loss', { loss: 0.3, upBytes: 20_000, downBytes: 20_000 }],
  ['reordering', { delayMs: 30 }],
  ['duplication', { duplication: 0.3, delayMs: 10 }],
  ['everything at once', everything],
  ['no SACK', { loss: 0.1, delayMs: 20, sackPermitted: false }],
  ['no window scaling', { loss: 0.05, windowShift: undefined }],
  ['a tiny receive buffer', { loss: 0.05, receiveBytes: 2000 }],
  ['slow readers on both sides', { loss: 0.02, readRate: 5, receiveBytes: 5000, upBytes: 30_000 }],
  ['no reader for a minute', { ...everything, pauseMs: 60_000, upBytes: 700_000, readRate: 5000 }],
  ['small segments', { loss: 0.1, mss: 100, upBytes: 20_000, downBytes: 20_000 }],
  ['IPv6 and everything at once', { ...everything, mss: 1440, family: 6 }],
  ['a host that dials', { ...everything, opener: 'host' }],
  ['a guest that sends last', { ...everything, last: 'guest' }],
  ['a host that sends last', { ...everything, last: 'host' }],
  ['a link that stands still at times', { ...everything, blocked: 0.5 }],
  ['a link that goes away at times', { ...everything, away: 0.4 }],
  ['a guest that takes back what it reported', { ...everything, reneges: 0.2 }],
  ['a guest whose window shrinks', { ...everything, shrinks: 0.3 }],
  ['jumbo frames', { ...everything, mtu: 9000, mss: 8960, upBytes: 300_000, downBytes: 300_000 }],
  ['the largest frames', { ...everything, mtu: 65_520, mss: 65_480, upBytes: 500_000, downBytes: 500_000 }],
  ['numbers that wrap', { ...everything, wraps: true }],
]

test.each(scenarios)(
  'with %s all bytes arrive in order and every flow ends',
  (_name, change) => {
    for (let seed = 1; seed <= 4; seed += 1) simulate({ ...clean, ...change, seed })
  },
  60_000,
)

test.each(['guest', 'host'] as const)(
  'when the %s resets in the middle both ends end, and nothing is held',
  (resets) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      simulate({ ...clean, ...everything, resets, resetMs: seed * 13, readRate: 20, seed })
    }
  },
)

/** More simulations: DESKTOP_SIMULATIONS=5000; another seed: DESKTOP_SIMULATION_SEED=100000. */
const simulations = Number(process.env.DESKTOP_SIMULATIONS ?? 60)
const firstSeed = Number(process.env.DESKTOP_SIMULATION_SEED ?? 1)

function scenarioOf(seed: number): Scenario {
  const random = randomFrom(seed * 7919)
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!
  const bytes = () => pick(0, 1, 1460, 5000, 12_000, 12_000, 90_000)
  const family = pick(4, 6)
  const mtu = pick(1500, 1500, 9000, 65_520)
  return {
    seed,
    opener: pick('guest', 'host'),
    last: pick('none', 'none', 'guest', 'host'),
    resets: pick('none', 'none', 'none', 'guest', 'host'),
    resetMs: Math.floor(random() * 3000),
    loss: pick(0, 0.01, 0.05, 0.2),
    duplication: pick(0, 0.05, 0.5),
    delayMs: pick(1, 5, 50, 300),
    blocked: pick(0, 0, 0, 0.5),
    away: pick(0, 0, 0, 0.3),
    upBytes: bytes(),
    downBytes: bytes(),
    receiveBytes: pick(600, 1460, 4000, 20_000, 120_000, 1_000_000),
    readRate: pick(5, 50, 1000, 1000),
    pauseMs: pick(0, 0, 0, 20_000),
    mtu,
    mss: pick(100, 536, mtu - 40, mtu - 60),
    windowShift: pick(undefined, 0, 4, 9),
    sackPermitted: pick(true, true, false),
    reneges: pick(0, 0, 0.1),
    shrinks: pick(0, 0, 0.2),
    wraps: pick(true, false),
    family,
  }
}

test(
  `over ${simulations} links of every kind, with buffers of every size, all bytes arrive in order and every flow ends`,
  () => {
    for (let seed = firstSeed; seed < firstSeed + simulations; seed += 1) {
      const scenario = scenarioOf(seed)
      try {
        simulate(scenario)
      } catch (error) {
        throw new Error(`${(error as Error).message}: ${JSON.stringify(scenario)}`, { cause: error })
      }
    }
  },
  60_000 + 500 * simulations,
)
