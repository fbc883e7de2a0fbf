import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sealCredentials, unsealCredentials } from '../../src/config/daemon/seal.ts'

const secret = fc.stringMatching(/^[A-Za-z0-9%._~-]{1,12}:[A-Za-z0-9%._~!$-]{8,20}$/)

test('a sealed text has no credential, and unsealing it with the same credentials restores them', () => {
  fc.assert(
    fc.property(secret, secret, (one, two) => {
      const text = JSON.stringify({
        a: `http://${one}@proxy.test:3128`,
        b: `https://${two}@other.test`,
        c: 'x@y',
      })
      const sealed = sealCredentials(text, 'dev')
      expect(sealed).not.toContain(one)
      expect(sealed).not.toContain(two)
      expect(unsealCredentials(sealed, text, 'dev')).toBe(text)
      expect(sealCredentials(text, 'dev')).toBe(sealed)
    }),
  )
})

test('another credential has another seal, and an unknown one is left out', () => {
  const of = (password: string) => sealCredentials(`http://me:${password}@proxy.test`, 'dev')
  expect(of('old')).not.toBe(of('new'))
  expect(unsealCredentials(of('old'), 'http://me:new@proxy.test', 'dev')).toBe('http://proxy.test')
})
