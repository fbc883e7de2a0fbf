import { expect, test } from 'vitest'
import { containerNames } from '../../../src/cli/ui/container-names.ts'
import { aContainer } from '../../support/cli/live-sample.ts'

test('each name of a running container is listed with its port, in a constant order', async () => {
  const service = { ...aContainer('acme-web-1', '172.18.0.2'), Labels: { service: 'web', project: 'acme' } }
  const labelled = { ...aContainer('zeta', '172.17.0.2'), Labels: { host: 'shop,api', port: '3000' } }
  const engine = { containers: async () => [labelled, service], networks: async () => [] }
  expect(await containerNames(engine, '192.168.65.3')).toEqual([
    { name: 'acme-web-1', container: 'acme-web-1', port: 80 },
    { name: 'web.acme', container: 'acme-web-1', port: 80 },
    { name: 'api', container: 'zeta', port: 3000 },
    { name: 'shop', container: 'zeta', port: 3000 },
    { name: 'zeta', container: 'zeta', port: 3000 },
  ])
})
