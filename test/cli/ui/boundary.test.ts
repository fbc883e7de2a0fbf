import { expect, test } from 'vitest'
import { type Asked, admit, securityHeaders } from '../../../src/cli/ui/boundary.ts'
import { ownerIn } from '../../../src/cli/ui/owner.ts'
import { Session } from '../../../src/cli/ui/session.ts'

const port = 8123
const host = `127.0.0.1:${port}`
const session = new Session('desktop-ui-8123')
const cookie = session.exchange(session.token)?.split(';')[0] ?? ''
const assets = new Set(['/', '/main.js'])

const asked = ({ headers, ...over }: Partial<Asked> = {}): Asked => ({
  method: 'GET',
  url: '/data/ports',
  ...over,
  headers: { host, cookie, ...headers },
})
const verdict = (over: Partial<Asked> = {}): number | string => {
  const found = admit(asked(over), session, assets, port)
  return found.kind === 'refused' ? found.status : found.kind
}

test('the cookie gives access to data, and the page without it contains none', () => {
  expect(verdict()).toBe('data')
  expect(verdict({ url: '/events/live' })).toBe('data')
  expect(verdict({ url: '/', headers: { cookie: undefined } })).toBe('asset')
})

test.each([
  ['none', undefined],
  ['empty', ''],
  ['of another name', cookie.replace('8123', '8124')],
  ['wrong', `${cookie.slice(0, -1)}_`],
  ['shorter', cookie.slice(0, -1)],
  ['the token', `desktop-ui-8123=${session.token}`],
  ['without a value', 'desktop-ui-8123'],
])('a cookie that is %s opens nothing', (_what, wrong) => {
  expect(verdict({ headers: { cookie: wrong } })).toBe(401)
})

test('the cookie is found among others', () => {
  expect(verdict({ headers: { cookie: `a=b; ${cookie};c=d` } })).toBe('data')
})

test.each([
  'evil.example',
  'evil.example:8123',
  '127.0.0.1.evil.example:8123',
  '127.0.0.1:8124',
  '127.0.0.1',
  '127.0.0.1:8123@evil.example',
  '0.0.0.0:8123',
  '[::1]:8124',
  '',
])('the Host %j is refused, whatever is asked for', (wrong) => {
  for (const url of ['/', '/main.js', '/data/ports', '/session'])
    expect(verdict({ url, headers: { host: wrong } })).toBe(403)
})

test.each(['localhost:8123', 'LOCALHOST:8123', '[::1]:8123'])('the Host %j is this server', (right) => {
  expect(verdict({ headers: { host: right } })).toBe('data')
})

test('a tunnel to a unix socket has any port, of this machine', () => {
  expect(verdict({ headers: { host: 'localhost:9' } })).toBe(403)
  const through = (name: string): string =>
    admit(asked({ headers: { host: name } }), session, assets, undefined).kind
  expect(through('localhost:9')).toBe('data')
  expect(through('evil.example:9')).toBe('refused')
})

test.each(['http://evil.example', 'http://127.0.0.1:3000', `https://${host}`, 'null'])(
  'the Origin %s is refused, though it brings the cookie',
  (origin) => {
    expect(verdict({ headers: { origin } })).toBe(403)
    expect(verdict({ url: '/', headers: { origin } })).toBe(403)
    expect(verdict({ method: 'POST', url: '/session', headers: { origin } })).toBe(403)
  },
)

test.each(['cross-site', 'same-site'])('a request that the browser calls %s gets no data', (site) => {
  expect(verdict({ headers: { 'sec-fetch-site': site } })).toBe(403)
  expect(verdict({ url: '/main.js', headers: { 'sec-fetch-site': site } })).toBe(403)
  // A link that the user follows.
  expect(verdict({ url: '/', headers: { 'sec-fetch-site': site } })).toBe('asset')
})

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'get'])(
  '%s changes nothing',
  (method) => {
    expect(verdict({ method })).toBe(405)
    expect(verdict({ method, url: '/' })).toBe(405)
  },
)

test('the token is taken by POST from the page itself only', () => {
  const origin = `http://${host}`
  expect(verdict({ method: 'POST', url: '/session', headers: { origin } })).toBe('exchange')
  expect(verdict({ method: 'POST', url: '/session' })).toBe(403)
  expect(verdict({ method: 'GET', url: '/session' })).toBe(405)
})

test.each([
  '/../package.json',
  '/%2e%2e/package.json',
  '/data/../../etc/passwd',
  '/data/ports/..',
  '/data/',
  '/data/constructor%00',
  '//main.js',
  '/main.js/',
  'http://evil.example/data/ports',
  '*',
  '',
])('the path %j leads nowhere', (url) => {
  expect(verdict({ url })).toBe(404)
})

test('the token is good once, and a wrong one does not use it up', () => {
  const fresh = new Session('a')
  expect(fresh.exchange('')).toBeUndefined()
  expect(fresh.exchange(fresh.token.slice(1))).toBeUndefined()
  expect(fresh.exchange(fresh.token)).toMatch(/^a=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
  expect(fresh.exchange(fresh.token)).toBeUndefined()
})

test('the policy lets in nothing inline and nothing from elsewhere', () => {
  const policy = securityHeaders['Content-Security-Policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/unsafe|https?:|\*|data:/)
})

test('the owner of a connection is found by its end, from both ports of loopback, for sockets of IPv6 too', () => {
  const line = (from: string, to: string, uid: number): string =>
    `   0: ${from} ${to} 01 00000000:00000000 00:00000000 00000000  ${uid}        0 123 1`
  const mapped = '0000000000000000FFFF00000100007F'
  const tables = [
    '  sl  local_address',
    // The server's end, another connection, and a remote one with the same ports.
    line('0100007F:1FBB', '0100007F:9C40', 1),
    line('0100007F:9C41', '0100007F:1FBB', 2),
    line('0200000A:9C40', '0300000A:1FBB', 3),
    line('0100007F:9C40', '0100007F:1FBB', 1000),
    line(`${mapped}:9C43`, `${mapped}:1FBB`, 1001),
  ].join('\n')
  expect(ownerIn(tables, 0x9c40, port)).toBe(1000)
  expect(ownerIn(tables, 0x9c43, port)).toBe(1001)
  expect(ownerIn(tables, 0x9c42, port)).toBeUndefined()
  expect(ownerIn('', 1, 2)).toBeUndefined()
})

const act = (over: Partial<Asked> = {}, isWritable = true): number | string => {
  const json = { origin: `http://${host}`, 'content-type': 'application/json' }
  const headers = { ...json, ...over.headers }
  const found = admit(
    asked({ method: 'POST', url: '/run/apply', ...over, headers }),
    session,
    assets,
    port,
    isWritable,
  )
  return found.kind === 'refused' ? found.status : found.kind
}

test('an action needs --write, the cookie, the Origin of the page, and JSON, which no form sends', () => {
  expect(act()).toBe('action')
  expect(act({}, false)).toBe(405)
  expect(act({ method: 'GET' })).toBe(404)
  expect(act({ headers: { cookie: undefined } })).toBe(401)
  expect(act({ headers: { origin: undefined } })).toBe(403)
  expect(act({ headers: { origin: 'http://evil.example' } })).toBe(403)
  expect(act({ headers: { origin: `http://127.0.0.1:${port + 1}` } })).toBe(403)
  expect(act({ headers: { 'sec-fetch-site': 'same-site' } })).toBe(403)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', undefined])
    expect(act({ headers: { 'content-type': type } })).toBe(403)
  expect(act({ url: '/run/../data' })).toBe(405)
})
