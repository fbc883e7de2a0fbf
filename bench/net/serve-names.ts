/**
 * The forwarder with one container name, for names.ts: `web.bench.localhost` leads to the guest's port.
 *
 *   node bench/net/serve-names.ts --link SOCKET --mtu 1500 --map HOST:GUEST --http PORT --https PORT --authority DIR
 */
import { parseArgs } from 'node:util'
import type { Listing } from '../../src/engine/watch.ts'
import { openAuthority } from '../../src/names/authority.ts'
import { HostNames } from '../../src/names/host-names.ts'
import { standaloneNetwork } from '../../src/net/network.ts'
import { startStandalone } from '../../src/net/standalone.ts'

const { values } = parseArgs({
  options: {
    link: { type: 'string', default: '' },
    mtu: { type: 'string', default: '1500' },
    map: { type: 'string', default: '' },
    http: { type: 'string', default: '' },
    https: { type: 'string', default: '' },
    authority: { type: 'string', default: '' },
  },
})
const network = standaloneNetwork('192.168.65.0/24', Number(values.mtu))
const [hostPort = 0, guestPort = 0] = values.map.split(':').map(Number)

const standalone = await startStandalone({ network, listenQemu: [values.link] })
const { forwarder } = standalone
const listen = { kind: 'inet', address: '127.0.0.1', port: hostPort } as const
const guest = { address: network.address, port: guestPort }
await forwarder.setPorts('config', [{ id: 'mapped', protocol: 'tcp', listen, guest }])

const listing = {
  containers: [
    {
      Id: 'bench',
      Names: ['/web'],
      Ports: [],
      Labels: { port: `${guestPort}` },
      NetworkSettings: { Networks: { host: {} } },
    },
  ],
  networks: [],
} as unknown as Listing
const names = new HostNames({
  listing: () => Promise.resolve(listing),
  vmAddress: () => network.address,
  dial: (address, port) => forwarder.dial(address, port),
  authority: () => openAuthority(values.authority),
  addresses: ['127.0.0.1'],
  ownerOf: () => undefined,
})
await names.set({ domain: 'bench.localhost', http: Number(values.http), https: Number(values.https) })
const failed = Object.values(names.view?.failed ?? {})
if (failed.length > 0) throw new Error(failed.join(', '))

process.send?.('ready')
// A killed parent sends no message.
for (const event of ['SIGTERM', 'disconnect'] as const)
  process.once(event, () => {
    void names[Symbol.asyncDispose]()
      .then(() => standalone[Symbol.asyncDispose]())
      .then(() => process.exit())
  })
