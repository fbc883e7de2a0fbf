/**
 * Gateway of a veth link, runs in a network namespace: the forwarder's service functions on the kernel's UDP
 * sockets, so that real clients can be tested against them alone. Exits when its standard input ends.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { emptyLeaseTable } from '../../../../src/net/services/dhcp/leases.ts'
import { parseMessage } from '../../../../src/net/services/dhcp/message.ts'
import { answerDhcp } from '../../../../src/net/services/dhcp/server.ts'
import { answerSntp } from '../../../../src/net/services/ntp/sntp.ts'
import { network, settings } from '../../../support/net/dhcp-client.ts'

function serve(
  port: number,
  address: string,
  answer: (message: Buffer, from: RemoteInfo, socket: Socket) => void,
): void {
  const socket = createSocket('udp4')
  socket.on('message', (message, from) => answer(message, from, socket))
  socket.bind(port, address, () => {
    socket.setBroadcast(true)
    process.stdout.write(`port ${port}\n`)
  })
}

let table = emptyLeaseTable
serve(67, '0.0.0.0', (message, _from, socket) => {
  const outcome = answerDhcp(settings, table, message, Date.now())
  table = outcome.table
  process.stdout.write(`${outcome.did} ${[...table.values()].map(({ state }) => state)}\n`)
  if (outcome.reply === undefined) return
  // The kernel would send an ARP request for an address that the client does not have yet.
  const isConfigured = parseMessage(message)?.clientAddress === outcome.reply.address
  socket.send(
    outcome.reply.payload,
    outcome.reply.port,
    isConfigured ? dotted(outcome.reply.address) : '255.255.255.255',
  )
})

serve(123, network.gateway, (message, from, socket) => {
  const reply = answerSntp(message, Date.now())
  if (reply !== undefined) socket.send(reply, from.port, from.address)
})

process.stdin.on('end', () => process.exit()).resume()

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}
