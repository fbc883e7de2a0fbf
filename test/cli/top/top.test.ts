import { expect, test } from 'vitest'
import { liveOf } from '../../../src/cli/live/live.ts'
import { FlowRates } from '../../../src/cli/live/rates.ts'
import { keysOf } from '../../../src/cli/top/keys.ts'
import { pageOf, topLines, topText } from '../../../src/cli/top/lines.ts'
import { initialTop, pressed, shownFlows, type TopState } from '../../../src/cli/top/state.ts'
import { aContainer, aFlow, aSample } from '../../support/cli/live-sample.ts'

const size = { rows: 20, columns: 120 }

/** Flow i of n receives 1000 × (i + 1) bytes per second and sends i. */
function state(count: number, over: Partial<TopState> = {}): TopState {
  const rates = new FlowRates()
  const flows = Array.from({ length: count }, (_, i) => ({
    ...aFlow,
    guest: `192.168.65.3:${40_000 + i}`,
    remote: `203.0.113.${i}:443`,
    rttMs: i,
    idleMs: i * 1000,
  }))
  const containers = [aContainer('web', '172.17.0.2')]
  liveOf(aSample({ flows, containers }), rates)
  const after = flows.map((flow, i) => ({ ...flow, bytesFromGuest: i, bytesToGuest: 1000 * (i + 1) }))
  const live = liveOf(aSample({ flows: after, containers, atMs: 1000 }), rates)
  return { ...initialTop('dev'), live, ...over }
}

const texts = (of: TopState, at: { rows: number; columns: number } = size): string[] =>
  topLines(of, at).map(({ text }) => text.trimEnd())
const press = (of: TopState, ...keys: string[]): TopState => {
  let now = of
  for (const key of keys) {
    const next = pressed(now, key, pageOf(now, size))
    if (next === undefined) throw new Error(`${key} ended it`)
    now = next
  }
  return now
}
const remotes = (of: TopState): string[] => shownFlows(of).map(({ remote }) => remote)

test('the screen has the environment, its containers and the flows by rate', () => {
  expect(texts(state(3), { rows: 10, columns: 140 })).toEqual([
    'dev  vm running (tcg)  engine 26.1.5  containers 1  flows 3  sent 3 B/s  received 6.0 kB/s',
    'CONTAINER  ADDRESS     PORTS        FLOWS  SENT/s  RECEIVED/s',
    'web        172.17.0.2  8080→80/tcp  0      -       -',
    '',
    'PROTO  CONTAINER  GUEST                  REMOTE           STATE        SENT/s▼  RECEIVED/s▼  TOTAL   RTT   IDLE',
    'tcp    -          192.168.65.3:40002  →  203.0.113.2:443  ESTABLISHED  2 B/s    3.0 kB/s     3.0 kB  2 ms  2.0 s',
    'tcp    -          192.168.65.3:40001  →  203.0.113.1:443  ESTABLISHED  1 B/s    2.0 kB/s     2.0 kB  1 ms  1.0 s',
    'tcp    -          192.168.65.3:40000  →  203.0.113.0:443  ESTABLISHED  -        1.0 kB/s     1.0 kB  0 ms  0.0 s',
    '',
    'q quit  / filter  < > sort: rate  I reverse  Space pause  ↑ ↓ scroll',
  ])
})

test.each([
  [1, 10],
  [2, 1],
  [5, 40],
  [24, 80],
  [200, 400],
])('a screen of %i × %i gets exactly its lines, none wider', (rows, columns) => {
  const lines = topLines(state(50), { rows, columns })
  expect(lines).toHaveLength(rows)
  expect(Math.max(...lines.map(({ text }) => [...text].length))).toBeLessThanOrEqual(columns)
})

test('text from the guest commands no terminal and begins no line', () => {
  const evil = 'a\u001b[2J\n\r\u202eb'
  const containers = [aContainer(evil, '172.17.0.2')]
  const flows = [{ ...aFlow, from: 'host', guest: '172.17.0.2:80', state: evil, remote: evil }] as const
  const live = liveOf(aSample({ flows, containers }), new FlowRates())
  const evilState = { ...initialTop('dev'), live, failure: evil, filter: '\u202e' }
  for (const text of [texts(evilState).join(''), topText(evilState).replaceAll('\n', '')]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
    expect(text).not.toMatch(/[\u0000-\u001f\u202e]/)
    expect(text).toContain('\\u001b[2J')
  }
})

test('containers leave most of the screen to the flows, and their rest is counted', () => {
  const containers = Array.from({ length: 30 }, (_, i) => aContainer(`c${i}`, `172.17.0.${i}`))
  const live = liveOf(aSample({ containers }), new FlowRates())
  const lines = texts({ ...initialTop('dev'), live })
  expect(lines.filter((line) => /^c\d/.test(line))).toHaveLength(6)
  expect(lines).toContain('and 24 more')
})

test.each([
  ['sent', 'S'],
  ['received', 'R'],
  ['total', 'T'],
  ['idle', 'i'],
  ['rate', 'r'],
])('%s is sorted by with %s, from the largest, and with I from the smallest', (sort, key) => {
  const sorted = press(state(3, { sort: 'remote' }), key)
  expect(sorted.sort).toBe(sort)
  expect(remotes(sorted)).toEqual(['203.0.113.2:443', '203.0.113.1:443', '203.0.113.0:443'])
  expect(remotes(press(sorted, 'I'))).toEqual(remotes(sorted).reverse())
})

test('< and > go round the columns', () => {
  const first = state(1)
  expect(press(first, '<').sort).toBe('remote')
  expect(press(first, '<', '>').sort).toBe('rate')
  expect(press(first, 'F6', '.').sort).toBe('received')
})

test('/ filters while it is typed; Enter keeps it, Escape drops it, and q is a letter in it', () => {
  const typing = press(state(12), '/', '1', '1', '3', '.', '1', '1')
  expect(remotes(typing)).toEqual(['203.0.113.11:443'])
  expect(texts(typing).at(-1)).toContain('/113.11')
  expect(remotes(press(typing, 'backspace'))).toHaveLength(3)
  const kept = press(typing, 'return')
  expect([kept.typing, remotes(kept).length]).toEqual([false, 1])
  expect(remotes(press(kept, 'escape'))).toHaveLength(12)
  expect(press(typing, 'q').filter).toBe('113.11q')
})

test('scrolling stops at both ends', () => {
  const many = state(100)
  const page = pageOf(many, size)
  expect(press(many, 'up').offset).toBe(0)
  expect(press(many, 'down', 'j', 'k').offset).toBe(1)
  expect(press(many, 'pagedown').offset).toBe(page)
  expect(press(many, 'end', 'down').offset).toBe(100 - page)
  expect(press(many, 'end', 'home').offset).toBe(0)
  expect(texts(press(many, 'end'))[size.rows - 2]).toContain('203.0.113.0:443')
})

test.each(['q', 'F10', '\u0003'])('%j ends it', (key) => {
  expect(pressed(state(1), key, 5)).toBeUndefined()
})

test('Ctrl-C ends it while a filter is typed', () => {
  expect(pressed(press(state(1), '/'), '\u0003', 5)).toBeUndefined()
})

test.each([
  ['q', ['q']],
  ['\u001b[A\u001b[6~', ['up', 'pagedown']],
  ['\u001bOS', ['F4']],
  ['\u001b', ['escape']],
  ['\u001b[200~x', ['x']],
  ['ä💥\r', ['ä', '💥', 'return']],
  ['\u0003', ['\u0003']],
  ['\u0000\u0001\t', []],
])('the terminal sends %j for %j', (chunk, keys) => {
  expect(keysOf(chunk)).toEqual(keys)
})
