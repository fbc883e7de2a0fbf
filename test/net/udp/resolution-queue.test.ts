import { describe, expect, test } from 'vitest'
import { icmp6, icmp6Frame } from '../../support/net/ipv6-messages.ts'
import { ipv6, Lab, network } from '../../support/net/lab.ts'
import { octets } from '../../support/net/segments.ts'

const guestMac = [2, 0x50, 0, 0, 0, 1]

/** The guest's reply to an address resolution request. */
const families = [
  {
    family: 'IPv4, resolved by ARP (RFC 1122)',
    address: network.address,
    headerBytes: 20,
    protocolAt: 9,
    isQuestion: (frame: Uint8Array) => frame[12] === 8 && frame[13] === 6 && frame[21] === 1,
    answer: (address: string) =>
      Uint8Array.of(
        ...[2, 0x50, 0, 0, 0, 0, ...guestMac, 8, 6],
        ...[0, 1, 8, 0, 6, 4, 0, 2, ...guestMac, ...octets(address)],
        ...[2, 0x50, 0, 0, 0, 0, ...octets(network.gateway)],
      ),
    other: '192.168.65.9',
  },
  {
    family: 'IPv6, resolved by NDP (RFC 4861)',
    address: ipv6.address,
    headerBytes: 40,
    protocolAt: 6,
    isQuestion: (frame: Uint8Array) => frame[12] === 0x86 && frame[20] === 58 && frame[54] === 135,
    answer: (address: string) =>
      icmp6Frame(
        address,
        ipv6.gateway,
        icmp6(136, 0, [0x60, 0, 0, 0, ...octets(address), 2, 1, ...guestMac]),
      ),
    other: 'fd00:65::9',
  },
]

describe.each(families)('$family', ({ address, headerBytes, protocolAt, isQuestion, answer, other }) => {
  function aLab() {
    const lab = new Lab()
    const clientOf = (guest: string) => {
      const handlers = { answer: () => {}, onGone: () => {} }
      return lab.stack.datagrams.openClient(lab.stack.addressOf(guest)!, 7000, handlers)!
    }
    const client = clientOf(address)
    const send = (text: string, to = client) => {
      const bytes = Buffer.from(`..${text}..`)
      lab.act(({ datagrams }) => datagrams.fromClient(to, bytes, 2, bytes.length - 2))
      bytes.fill('?')
    }
    const taken = () => {
      const frames = lab.takeFrames()
      const udp = frames.filter((frame) => frame[14 + protocolAt] === 17)
      return {
        questions: frames.filter(isQuestion).length,
        texts: udp.map((frame) => Buffer.from(frame.subarray(14 + headerBytes + 8)).toString()),
        macs: new Set(udp.map((frame) => frame.subarray(0, 6).join())),
      }
    }
    return { lab, client, clientOf, send, taken }
  }

  test('datagrams that arrive while a guest is being resolved are delivered in order after its reply', () => {
    const { lab, send, taken } = aLab()
    send('one')
    send('two')
    expect(taken()).toMatchObject({ questions: 1, texts: [] })
    lab.arrive(answer(address))
    expect(taken()).toMatchObject({ texts: ['one', 'two'], macs: new Set([guestMac.join()]) })
    send('three')
    expect(taken()).toMatchObject({ questions: 0, texts: ['three'] })
    expect(lab.stack.drops.unroutable).toBe(0)
  })

  test('only the newest three are queued, and evicted ones are counted', () => {
    const { lab, send, taken } = aLab()
    for (const text of ['a', 'b', 'c', 'd', 'e']) send(text)
    lab.arrive(answer(address))
    expect(taken().texts).toEqual(['c', 'd', 'e'])
    expect(lab.stack.drops.unroutable).toBe(2)
  })

  test('a late reply delivers no old packet, and dropped packets are counted', () => {
    const { lab, send, taken } = aLab()
    send('old')
    lab.wait(2500)
    send('new')
    lab.wait(1000)
    lab.arrive(answer(address))
    expect(taken().texts).toEqual(['new'])
    expect(lab.stack.drops.unroutable).toBe(1)
  })

  test('resolution of a guest is repeated while datagrams are queued for it', () => {
    const { lab, send, taken } = aLab()
    send('waits')
    expect(taken().questions).toBe(1)
    lab.wait(2500)
    expect(taken().questions).toBe(1)
    lab.wait(10_000)
    expect(taken().questions).toBe(0)
  })

  test('nothing stays queued for a guest that never replies', () => {
    const { lab, send } = aLab()
    send('lost')
    lab.wait(10_000)
    expect(lab.stack.drops.unroutable).toBe(1)
  })

  test('datagrams for another guest, or of a closed client, are not sent', () => {
    const { lab, client, clientOf, send, taken } = aLab()
    send('gone')
    send('other', clientOf(other))
    lab.act(({ datagrams }) => datagrams.inbound.close(client))
    lab.arrive(answer(address))
    expect(taken().texts).toEqual([])
    lab.arrive(answer(other))
    expect(taken().texts).toEqual(['other'])
  })
})

test('many unresolved guests evict each other', () => {
  const lab = new Lab()
  const handlers = { answer: () => {}, onGone: () => {} }
  lab.act(({ datagrams }) => {
    for (let host = 10; host < 200; host += 1) {
      const client = datagrams.openClient(lab.stack.addressOf(`192.168.65.${host}`)!, 7000, handlers)!
      datagrams.fromClient(client, Buffer.from('x'), 0, 1)
    }
  })
  expect(lab.stack.drops.unroutable).toBe(190 - 64)
})
