/**
 * A network for QEMU: every guest that connects to the socket has DHCP, DNS and the internet, and port 8080 of this host
 * leads to port 80 of the first guest.
 *
 *   node serve-qemu.js /tmp/net.sock
 *   qemu-system-x86_64 … -netdev stream,id=net0,server=off,addr.type=unix,addr.path=/tmp/net.sock \
 *     -device virtio-net-pci,netdev=net0,mac=02:50:00:00:00:01
 */
import { createServer } from 'node:net'
import { Forwarder, networkIn } from 'desktop/net'

const [path = '/tmp/net.sock', port = '8080'] = process.argv.slice(2)
const network = networkIn('192.168.65.0/24', 1500)
await using forwarder = new Forwarder({ network, egress: { default: 'allow', rules: ['deny 10.0.0.0/8'] } })

const [web] = await forwarder.setPorts('config', [
  {
    id: 'web',
    protocol: 'tcp',
    listen: { kind: 'inet', address: '127.0.0.1', port: Number(port) },
    guest: { address: network.address, port: 80 },
  },
])
console.log(`port ${port}: ${web?.state}`)

process.umask(0o177)
const server = createServer((guest) => forwarder.attach(guest)).listen(path)
console.log(`gateway ${network.gateway}, first guest ${network.address}`)
await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
server.close()
