import { expect, test } from 'vitest'
import { respelled } from '../../../src/config/normalise/port-syntax.ts'

test.each([
  ['8080', '8080:8080'],
  ['53/UDP', '53:53/udp'],
  ['8000-8010', '8000-8010:8000-8010'],
  ['localhost:8080:80', '127.0.0.1:8080:80'],
  ['8080:80/TCP', '8080:80/tcp'],
  [':8080:80', '8080:80'],
  ['*:8080:80', '0.0.0.0:8080:80'],
  ['8080->80', '8080:80'],
  ['8080: 80', '8080:80'],
])('%s as other tools take it is meant as %s', (text, meant) => {
  expect(respelled(text)).toBe(meant)
})

test.each(['8080:80', '127.0.0.1:8080:80/udp', '[::1]:53:53', 'unix:/a=b:80', '8080:80/sctp', '99999', ''])(
  '%j is right as it stands, or beyond a guess',
  (text) => {
    expect(respelled(text)).toBeUndefined()
  },
)
