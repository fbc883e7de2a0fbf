import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { Forwarder } from '../../../../src/net/forwarder.ts'
import { standaloneNetwork } from '../../../../src/net/network.ts'
import { clientQuery } from '../../../support/net/dns-resolver.ts'
import { ipv4Frame } from '../../../support/net/segments.ts'

const network = standaloneNetwork('192.168.65.0/24', 1500)

function datagram(port: number, payload: Uint8Array): Uint8Array {
  const length = 8 + payload.length
  return Uint8Array.of(0x9c, 0x40, port >> 8, port & 255, length >> 8, length & 255, 0, 0, ...payload)
}

const sntpRequest = Uint8Array.of(0x1b, ...new Uint8Array(47))

test.each([
  ['a name', 53, clientQuery('host.docker.internal', 'A')],
  ['the time', 123, sntpRequest],
])('a broadcast request for %s is answered from the address of the gateway', async (_, port, asked) => {
  await using forwarder = new Forwarder({ network })
  const [guest, ours] = duplexPair()
  forwarder.attach(ours)
  for (const to of [network.gateway, '192.168.65.255', '255.255.255.255']) {
    const frame = ipv4Frame(17, network.address, to, datagram(port, asked))
    guest.write(Uint8Array.of(0, 0, frame.length >> 8, frame.length & 255, ...frame))
  }
  let got = Buffer.alloc(0)
  guest.on('data', (chunk: Buffer) => {
    got = Buffer.concat([got, chunk])
  })
  const sources = () => {
    const found: string[] = []
    for (let at = 4; at < got.length; at += 4 + got.readUInt32BE(at - 4)) {
      if (got[at + 23] === 17) found.push(got.subarray(at + 26, at + 30).join('.'))
    }
    return found
  }
  await expect.poll(sources).toEqual([network.gateway, network.gateway, network.gateway])
})
