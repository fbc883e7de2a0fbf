/** Loss, reordering, duplication and delay in both directions, from seeds, against the model peer. */
import { expect, test } from 'vitest'
import { randomFrom } from '../random.ts'
import { flow, flow6, ipv6, Lab, network } from './lab.ts'
import { ModelPeer } from './model-peer.ts'
import { parseSegmentFrame, tcpFrame } from './segments.ts'

interface Scenario {
  seed: number
  loss: number
  duplication: number
  /** Each frame takes from one to so many milliseconds, so that frames overtake each other. */
  delayMs: number
  bytes: number
  receiveBytes: number
  /** Bytes per millisecond, of the guest's application and of the host. */
  readRate: number
  mss: number
  windowShift: number | undefined
  sackPermitted: boolean
  family: 4 | 6
}

function simulate(s: Scenario): { fromGuest: number[]; toGuest: number[]; endedAtMs: number; lab: Lab } {
  const random = randomFrom(s.seed)
  const lab = new Lab()
  const under: { atMs: number; arrive: () => void }[] = []
  const pass = (arrive: () => void): void => {
    if (random() < s.loss) return
    const copies = random() < s.duplication ? 2 : 1
    for (let i = 0; i < copies; i += 1) {
      under.push({ atMs: lab.nowMs + 1 + Math.floor(random() * s.delayMs), arrive })
    }
  }
  const up = Uint8Array.from({ length: s.bytes }, (_, i) => (i * 7 + s.seed) & 255)
  const down = Uint8Array.from({ length: s.bytes }, (_, i) => (i * 13 + s.seed) & 255)
  const options = { ...s, toSend: up, isn: Math.floor(random() * 0x1_0000_0000) | 0 }
  const peer = new ModelPeer(
    options,
    (segment) => {
      const [guest, to] = s.family === 4 ? [network, flow] : [ipv6, flow6]
      const frame = tcpFrame(guest.address, to.address, to, segment)
      pass(() => lab.arrive(frame))
    },
    lab.nowMs,
  )
  let sent = 0
  let isHostEnded = false
  const deadline = lab.nowMs + 3_600_000
  while (lab.nowMs < deadline && !(peer.isDone && lab.stack.tcp.size === 0)) {
    lab.wait(1)
    for (const frame of lab.takeFrames()) {
      const segment = parseSegmentFrame(frame)
      if (segment === undefined) continue
      pass(() => peer.arrive(segment))
    }
    const due = under.filter(({ atMs }) => atMs <= lab.nowMs)
    for (const one of due) {
      under.splice(under.indexOf(one), 1)
      one.arrive()
    }
    peer.tick(lab.nowMs)
    const host = lab.dials[0]
    if (host === undefined) continue
    if (host.connection!.phase === 0) lab.act((stack) => stack.tcp.hostConnected(host.connection!))
    // The host takes what it was given at its own pace.
    host.queuedBytes = Math.max(0, host.received.length - Math.floor((lab.nowMs - 1000) * s.readRate))
    if (host.queuedBytes === 0) lab.act((stack) => stack.tcp.hostDrained(host.connection!))
    if (host.isReading && sent < down.length) {
      const end = Math.min(down.length, sent + 20_000)
      const start = sent
      lab.act((stack) => stack.tcp.hostData(host.connection!, down, start, end))
      sent = end
    }
    if (sent === down.length && !isHostEnded) {
      isHostEnded = true
      lab.act((stack) => stack.tcp.hostEnded(host.connection!))
    }
  }
  expect(lab.dials[0]?.isEnded).toBe(true)
  expect(peer.state).toBe('closed')
  expect(lab.dials[0]!.received.length).toBe(up.length)
  expect(Buffer.from(lab.dials[0]!.received).equals(Buffer.from(up))).toBe(true)
  expect(peer.received.length).toBe(down.length)
  expect(Buffer.from(peer.received).equals(Buffer.from(down))).toBe(true)
  return { fromGuest: lab.dials[0]!.received, toGuest: peer.received, endedAtMs: lab.nowMs, lab }
}

const base: Scenario = {
  seed: 1,
  loss: 0,
  duplication: 0,
  delayMs: 3,
  bytes: 60_000,
  receiveBytes: 40_000,
  readRate: 1000,
  mss: 1460,
  windowShift: 4,
  sackPermitted: true,
  family: 4,
}

const scenarios: readonly [string, Partial<Scenario>][] = [
  ['a clean link', {}],
  ['1 % loss', { loss: 0.01 }],
  ['10 % loss', { loss: 0.1 }],
  ['30 % loss', { loss: 0.3, bytes: 20_000 }],
  ['reordering', { delayMs: 30 }],
  ['duplication', { duplication: 0.3, delayMs: 10 }],
  ['everything at once', { loss: 0.1, duplication: 0.1, delayMs: 20 }],
  ['no SACK', { loss: 0.1, delayMs: 20, sackPermitted: false }],
  ['no window scaling', { loss: 0.05, windowShift: undefined }],
  ['a tiny receive buffer', { loss: 0.05, receiveBytes: 2000 }],
  ['slow readers on both sides', { loss: 0.02, readRate: 5, receiveBytes: 5000, bytes: 30_000 }],
  ['small segments', { loss: 0.1, mss: 100, bytes: 20_000 }],
  ['IPv6 and everything at once', { loss: 0.1, duplication: 0.1, delayMs: 20, mss: 1440, family: 6 }],
]

test.each(scenarios)('with %s all bytes arrive in order and every flow ends', (_name, change) => {
  for (let seed = 1; seed <= 6; seed += 1) simulate({ ...base, ...change, seed })
})

/** More of them: DESKTOP_SIMULATIONS=5000. */
const simulations = Number(process.env.DESKTOP_SIMULATIONS ?? 40)

test(
  `over ${simulations} links of every kind, with buffers of every size, all bytes arrive in order and every flow ends`,
  () => {
    for (let seed = 1; seed <= simulations; seed += 1) {
      const random = randomFrom(seed * 7919)
      const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!
      const scenario: Scenario = {
        seed,
        loss: pick(0, 0.01, 0.05, 0.2),
        duplication: pick(0, 0.05, 0.5),
        delayMs: pick(1, 5, 50, 300),
        bytes: pick(0, 1, 1460, 5000, 12_000),
        receiveBytes: pick(600, 1460, 4000, 20_000, 120_000),
        readRate: pick(5, 50, 1000),
        mss: pick(100, 536, 1440),
        windowShift: pick(undefined, 0, 4, 9),
        sackPermitted: pick(true, false),
        family: pick(4, 6),
      }
      try {
        simulate(scenario)
      } catch (error) {
        throw new Error(JSON.stringify(scenario), { cause: error })
      }
    }
  },
  60_000 + 500 * simulations,
)
