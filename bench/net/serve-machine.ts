/**
 * The forwarder of one of two machines, as its supervisor runs it: a link for the guest, and a trunk to the other.
 *
 *   node bench/net/serve-machine.ts --link SOCKET --mtu 1500 --address A --mac MAC --peer ADDRESS=MAC
 *     (--listen SOCKET | --connect SOCKET)
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { Forwarder } from '../../src/net/forwarder.ts'
import { standaloneNetwork } from '../../src/net/network.ts'

const { values } = parseArgs({
  options: {
    link: { type: 'string' },
    mtu: { type: 'string', default: '1500' },
    address: { type: 'string' },
    mac: { type: 'string' },
    peer: { type: 'string' },
    listen: { type: 'string' },
    connect: { type: 'string' },
  },
})
const network = standaloneNetwork('192.168.65.0/24', Number(values.mtu))
const forwarder = new Forwarder({ network: { ...network, address: values.address!, mac: values.mac! } })
const [address = '', mac = ''] = values.peer!.split('=')
forwarder.setPeers(new Map([[address, mac]]))

createServer((guest) => void forwarder.attach(guest)).listen(values.link)
if (values.listen === undefined) {
  const trunk = connect(values.connect!)
  await once(trunk, 'connect')
  forwarder.attachTrunk(trunk)
} else {
  createServer((trunk) => void forwarder.attachTrunk(trunk)).listen(values.listen)
}
// A killed parent sends no message.
for (const event of ['SIGTERM', 'disconnect'] as const)
  process.once(event, () => void forwarder[Symbol.asyncDispose]().then(() => process.exit()))
process.send?.('ready')
