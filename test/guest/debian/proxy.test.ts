import { expect, test } from 'vitest'
import { parseAptConfig } from '../../../src/guest/debian/apt-config.ts'
import { aptProxy, credentialsFor, parseAuth } from '../../../src/guest/debian/proxy.ts'

const proxy = (config: string, url: string) => aptProxy(parseAptConfig(config), new URL(url))

test.each<[string, string, string | undefined]>([
  ['', 'http://deb.test/', undefined],
  ['Acquire::http::Proxy "http://p.test:3128";', 'http://deb.test/', 'http://p.test:3128'],
  ['Acquire::http::Proxy "http://p.test:3128";', 'https://deb.test/', 'http://p.test:3128'],
  ['Acquire::http::Proxy "http://p.test"; Acquire::https::Proxy "DIRECT";', 'https://deb.test/', 'direct'],
  [
    'Acquire::http::Proxy "http://p.test"; Acquire::http::Proxy::deb.test "DIRECT";',
    'http://deb.test/',
    'direct',
  ],
  [
    'Acquire::http::Proxy "http://p.test"; Acquire::http::Proxy::deb.test "DIRECT";',
    'http://b.test/',
    'http://p.test',
  ],
  ['Acquire::http::Proxy-Auto-Detect "/bin/echo";', 'http://deb.test/', 'http://deb.test/'],
])('with %j the proxy of %s is %s, as apt decides', async (config, url, expected) => {
  expect(await proxy(config, url)).toBe(expected)
})

test('a proxy of another protocol is refused', async () => {
  await expect(proxy('Acquire::http::Proxy "socks5h://p.test";', 'http://deb.test/')).rejects.toThrow(
    'socks5h',
  )
})

const auth = parseAuth(`# passwords
machine deb.test login anna password s3cret
machine http://plain.test:8080/debian
  login bob password b`)

test.each([
  ['https://deb.test/debian/x', 'anna:s3cret'],
  ['http://deb.test/debian/x', undefined],
  ['http://plain.test:8080/debian/x', 'bob:b'],
  ['http://plain.test:8080/debian2/x', undefined],
  ['https://deb.test.evil.test/', undefined],
  ['https://c%40d:e@deb.test/', 'c@d:e'],
])('credentials for %s are %s', (url, expected) => {
  expect(credentialsFor(new URL(url), auth)).toBe(expected)
})
