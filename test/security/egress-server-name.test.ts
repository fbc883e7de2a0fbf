/** Under deny by default an allowed name opens itself: no other name at its address, and none that is hidden. */
import { expect, test } from 'vitest'
import { denialText, denialView } from '../../src/net/egress/denials.ts'
import { hello, records, serverName } from '../support/net/client-hello.ts'
import { Resolver } from '../support/net/dns-resolver.ts'
import { flow, Lab } from '../support/net/lab.ts'
import { LabConnection } from '../support/net/lab-connection.ts'

const rules = ['allow good.test', 'allow *.cdn.test']

/** A connection to an address that DNS gave for a name that is allowed. */
function opened(change: { rules?: string[]; asked?: string; default?: 'allow' | 'deny' } = {}): {
  lab: Lab
  open: LabConnection
  send: (bytes: Uint8Array, at?: number) => void
} {
  const lab = new Lab()
  const { egress } = lab.stack
  egress.settings = { default: change.default ?? 'deny', rules: change.rules ?? rules }
  const asked = change.asked ?? 'good.test'
  // The lab's address is a private one, which only the user's own table may give.
  const resolver = new Resolver({ hosts: { [asked]: flow.address } }, egress)
  resolver.nowMs = lab.nowMs
  resolver.ask(asked)
  const open = new LabConnection(lab)
  const send = (bytes: Uint8Array, at = 0): void =>
    open.send({ flags: 'PA', seq: at, ack: 0, payload: Buffer.from(bytes) })
  return { lab, open, send }
}

const request = (host: string): Buffer => Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
const greeting = (name: string): Buffer => records(hello([serverName(name)]))
const denials = (lab: Lab): string[] =>
  lab.stack.egress.denials.view().map((one) => `${denialText(denialView(one, 0))} by ${one.rule}`)

test.each([
  ['TLS', greeting('good.test')],
  ['HTTP', request('good.test')],
  ['another name that a rule allows', greeting('www.cdn.test')],
  ['what is neither', Buffer.from('SSH-2.0-x\r\n')],
])('%s to the allowed name is passed on, whole and unchanged', (_what, bytes) => {
  const { open, send } = opened()
  send(bytes)
  expect(Buffer.from(open.host.received).equals(bytes)).toBe(true)
  send(Buffer.from('more'), bytes.length)
  expect(Buffer.from(open.host.received.slice(bytes.length)).toString()).toBe('more')
  expect(open.host.isReset).toBe(false)
})

test.each([
  ['another name by TLS', greeting('evil.test'), 'evil.test'],
  ['another name by HTTP', request('evil.test'), 'evil.test'],
  ['a name below the allowed one', greeting('www.good.test'), 'www.good.test'],
  ['the allowed name as a part of another', greeting('good.test.evil.test'), 'good.test.evil.test'],
])(
  '%s at the same address gets nothing: the host sees no byte, both ends are reset',
  (_what, bytes, name) => {
    const { lab, open, send } = opened()
    send(bytes)
    expect(open.host.received).toEqual([])
    expect(open.host.isReset).toBe(true)
    expect(open.take().at(-1)).toMatchObject({ flags: expect.stringContaining('R') })
    expect(denials(lab)).toEqual([
      `tcp 192.168.65.3 → ${flow.address}:${flow.port} (${name}) by default deny`,
    ])
    expect(lab.stack.tcp.size).toBe(0)
  },
)

test.each([
  [
    'an encrypted client hello',
    records(hello([serverName('good.test'), [0xfe0d, Buffer.alloc(99)]])),
    'encrypted client hello',
  ],
  ['TLS without a name', records(hello([])), 'TLS without a server name'],
  ['HTTP without a name', Buffer.from('GET / HTTP/1.0\r\n\r\n'), 'HTTP without a Host'],
  ['HTTP/2 without TLS', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 'HTTP/2 without TLS'],
  [
    'two Hosts',
    Buffer.from('GET / HTTP/1.1\r\nHost: good.test\r\nHost: evil.test\r\n\r\n'),
    'malformed HTTP',
  ],
])('%s is refused, and the reason is listed', (_what, bytes, reason) => {
  const { lab, open, send } = opened()
  send(bytes)
  expect(open.host.isReset).toBe(true)
  expect(open.host.received).toEqual([])
  expect(denials(lab)[0]).toContain(`by default deny: ${reason}`)
})

test('a connection that named its server is the same as one that was never looked into', () => {
  const streamOf = ({ lab }: ReturnType<typeof opened>): unknown => [...lab.stack.tcp.connections()][0]?.host
  const [free, judged] = [opened({ default: 'allow' }), opened()]
  const plain = Object.getPrototypeOf(streamOf(free))
  expect(Object.getPrototypeOf(streamOf(judged))).not.toBe(plain)
  judged.send(greeting('good.test'))
  expect(Object.getPrototypeOf(streamOf(judged))).toBe(plain)
  expect(judged.open.host.isReset).toBe(false)
})

test('a name that comes byte by byte is waited for, and then judged', () => {
  for (const [name, isAllowed] of [
    ['good.test', true],
    ['evil.test', false],
  ] as const) {
    const { open, send } = opened()
    const bytes = greeting(name)
    for (const [i, byte] of bytes.entries()) send(Uint8Array.of(byte), i)
    expect(open.host.isReset).toBe(!isAllowed)
    expect(open.host.received.length).toBe(isAllowed ? bytes.length : 0)
  }
})

test('an undecided connection keeps 8 KiB at most, and is refused beyond', () => {
  const { open, send, lab } = opened()
  const head = Buffer.from(`GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}`)
  for (let at = 0; at < head.length; at += 1000) send(head.subarray(at, at + 1000), at)
  expect(open.host.received).toEqual([])
  expect(open.host.isReset).toBe(true)
  expect(denials(lab)[0]).toContain('no server name in 8 KiB')
})

test('a connection that ends before it has named its server is refused; one that said nothing ends as it does', () => {
  const half = opened()
  half.send(Buffer.from('GET / HTTP'))
  half.open.send({ flags: 'FA', seq: 10, ack: 0 })
  expect(half.open.host.isReset).toBe(true)
  const silent = opened()
  silent.open.send({ flags: 'FA', seq: 0, ack: 0 })
  expect(silent.open.host).toMatchObject({ isReset: false, isEnded: true })
})

test('what the host sends before the guest says anything reaches the guest', () => {
  const { open } = opened()
  open.hostSends('220 welcome')
  expect(open.takeTexts().join()).toContain('220 welcome')
})

test.each([
  ['a rule for its network', ['allow good.test', 'allow 0.0.0.0/0'], 'deny'],
  ['allow by default', ['allow good.test'], 'allow'],
] as const)('a connection that %s allows is not looked into', (_what, others, fallback) => {
  const { open, send } = opened({ rules: [...others].reverse(), default: fallback })
  send(greeting('evil.test'))
  expect(open.host.isReset).toBe(false)
  expect(open.host.received.length).toBeGreaterThan(0)
})

test('rules that end with deny * are deny by default too', () => {
  const { open, send } = opened({ rules: ['allow good.test', 'deny *'], default: 'allow' })
  send(greeting('evil.test'))
  expect(open.host.isReset).toBe(true)
})

test('a request to a proxy that is allowed by name is passed on', () => {
  const { open, send } = opened()
  send(Buffer.from('CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n'))
  expect(open.host.isReset).toBe(false)
  expect(open.host.received.length).toBeGreaterThan(0)
})
