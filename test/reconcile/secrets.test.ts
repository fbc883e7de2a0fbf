import { expect, test } from 'vitest'
import { differences } from '../../src/reconcile/values.ts'

test('a proxy whose password changes is a cause that shows no password', () => {
  const proxies = (password: string) => ({ 'http-proxy': `http://me:${password}@proxy.test:3128` })
  const shown = 'http://xxxxx:xxxxx@proxy.test:3128'
  expect(differences('engine.config.proxies', proxies('old'), proxies('new'))).toEqual([
    { path: 'engine.config.proxies.http-proxy', from: shown, to: shown },
  ])
  expect(JSON.stringify(differences('engine.config', { proxies: proxies('old') }, {}))).not.toContain('old')
})
