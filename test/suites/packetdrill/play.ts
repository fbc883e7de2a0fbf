/** Plays a script against a subject; the first event that does not come out as written ends it. */
import type { TextSegment } from '../../support/net/segments.ts'
import { answerCall, type Sockets } from './calls.ts'
import { type Bases, differences } from './compare.ts'
import { icmpOf } from './icmp.ts'
import { optionOf, type Script, type ScriptEvent, type ScriptPacket, type ScriptSegment } from './script.ts'
import { segmentOf } from './segment-of.ts'
import type { SentSegment, Subject } from './subject.ts'
import { WindowEdges } from './window-edges.ts'

export type Outcome = { isPassed: true } | { isPassed: false; line: number; reason: string }

/** Numbers of the guest begin near where they turn negative. */
const guestBase = 0x7fff_ff00

export async function play(script: Script, subject: Subject): Promise<Outcome> {
  const player = new Player(script, subject)
  for (const event of script.events) {
    const reason = await player.run(event)
    if (reason !== undefined) return { isPassed: false, line: event.line, reason }
  }
  return { isPassed: true }
}

class Player {
  readonly #script: Script
  readonly #subject: Subject
  readonly #bases: Bases = { guest: guestBase, local: 0, clock: 0 }
  readonly #sockets: Sockets = new Map()
  /** The next SYN of the subject begins a connection. */
  #isNewConnection = true
  #lastS = 0
  /** Where injected text ends. */
  readonly #unacked = new Set<number>()
  readonly #edges = new WindowEdges()
  /** One that an optional event did not take. */
  #held: SentSegment | undefined
  /** Of the FIN that the subject has sent. */
  #finSequence: number | undefined

  constructor(script: Script, subject: Subject) {
    this.#script = script
    this.#subject = subject
  }

  /** Why it failed. */
  async run(event: ScriptEvent): Promise<string | undefined> {
    const { due } = event
    if (due.kind === 'any') {
      if (event.kind !== 'expect') return 'only a packet may come at any time'
    } else this.#lastS = due.kind === 'at' ? Math.max(due.seconds, this.#lastS) : this.#lastS + due.seconds
    if (event.kind === 'expect') return await this.#expect(event.packet, due.kind === 'any')
    await this.#subject.waitUntil(this.#lastS)
    switch (event.kind) {
      case 'inject':
        return this.#inject(event.packet)
      case 'call':
        if (event.call.name === 'connect') this.#isNewConnection = true
        this.#edges.called(event.call)
        return await answerCall(event.call, this.#subject, this.#sockets)
      case 'command':
        return this.#command(event.text)
      case 'code':
        return this.#assertState(event.text)
    }
  }

  async #expect(packet: ScriptPacket, isAnyTime: boolean): Promise<string | undefined> {
    if (packet.protocol !== 'tcp') return 'ICMP of the subject cannot be expected'
    const { toleranceS } = this.#script
    const isOptional = packet.extras.includes('optional')
    const sent = this.#held ?? (await this.#subject.next(this.#lastS + (isAnyTime ? 600 : toleranceS)))
    this.#held = undefined
    if (sent === undefined) return isOptional ? undefined : 'no segment'
    const { segment } = sent
    if (isOptional && differences(packet, segment, this.#bases).length > 0) {
      this.#held = sent
      return undefined
    }
    if (this.#isEarlyAck(segment) && differences(packet, segment, this.#bases).length > 0)
      return await this.#expect(packet, isAnyTime)
    if (isAnyTime) this.#lastS = sent.atS
    else if (sent.atS < this.#lastS - toleranceS - 1e-9 && !isBareAck(packet))
      return `${(this.#lastS - sent.atS).toFixed(3)} s too early`
    if (segment.flags.includes('S') && this.#isNewConnection) {
      this.#bases.local = (segment.seq - (packet.sequence ?? 0)) | 0
      const clock = optionOf(packet.options ?? [], 'TS')
      if (clock !== undefined) this.#bases.clock = ((segment.timestamps?.[0] ?? 0) - clock.value) | 0
      this.#isNewConnection = false
    }
    this.#edges.sent(packet, segment, this.#bases.guest)
    const found = differences(this.#withoutFinAgain(packet, segment), segment, this.#bases)
    if (packet.flags.includes('F')) this.#finSequence = packet.sequence
    return found.length === 0 ? undefined : found.join(', ')
  }

  /** The answer to a FIN may take ours along once more, or not (RFC 9293 section 3.6, figure 13). */
  #withoutFinAgain(packet: ScriptSegment, { flags }: TextSegment): ScriptSegment {
    const isAgain = packet.flags.includes('F') && packet.sequence === this.#finSequence && packet.length === 0
    if (!isAgain || flags !== 'A') return packet
    return { ...packet, flags: 'A', sequence: packet.sequence! + 1 }
  }

  /** One that the script's author saw delayed: how long an ACK waits is a receiver's choice (RFC 5681 section 4.2). */
  #isEarlyAck({ flags, payload, sack, ack }: TextSegment): boolean {
    const isBare = flags === 'A' && payload.length === 0 && sack.length === 0
    return isBare && this.#unacked.delete((ack - this.#bases.guest) >>> 0)
  }

  #inject(packet: ScriptPacket): string | undefined {
    if (packet.protocol === 'icmp') {
      const error = icmpOf(packet, this.#subject.family)
      if (error === undefined) return `unknown ICMP ${packet.type} ${packet.code ?? ''}`
      this.#subject.injectIcmp({ ...error, sequence: (packet.quotedSequence + this.#bases.local) | 0 })
      return undefined
    }
    const isSyn = packet.flags.includes('S') && !packet.flags.includes('A')
    // Also in place of one in TIME-WAIT (RFC 9293 MAY-2).
    if (isSyn && (this.#subject.states() ?? []).every((state) => state === 'TIME-WAIT'))
      this.#isNewConnection = true
    if (packet.length > 0) this.#unacked.add(((packet.sequence ?? 0) + packet.length) >>> 0)
    const sequence = packet.sequence === undefined ? 0 : this.#edges.moved(packet.sequence)
    this.#subject.inject(segmentOf({ ...packet, sequence }, this.#bases))
    return undefined
  }

  /** Counts of states; all else prepares a machine that is not there. */
  #command(text: string): string | undefined {
    const count = /grep -c (\w+) \| grep (\d+)/.exec(text)
    const states = this.#subject.states()
    if (count === null || states === undefined) return undefined
    const name = stateNames.get(count[1]!)
    if (name === undefined) return `unknown state ${count[1]}`
    const is =
      name === 'CLOSED' ? Number(states.length === 0) : states.filter((state) => state === name).length
    return is === Number(count[2]) ? undefined : `${is} in ${name}: ${states.join(', ')}`
  }

  #assertState(text: string): string | undefined {
    const wanted = /^assert tcpi_state == TCPI_(\w+)$/.exec(text)?.[1]
    const states = this.#subject.states()
    if (states === undefined) return undefined
    if (wanted === undefined) return `unknown code: ${text}`
    return states.includes(wanted.replaceAll('_', '-'))
      ? undefined
      : `${states.join(', ')} instead of ${wanted}`
  }
}

/** As FreeBSD's sockstat has them. */
const stateNames: ReadonlyMap<string, string> = new Map([
  ['SYN_RCVD', 'SYN-RECEIVED'],
  ['TIME_WAIT', 'TIME-WAIT'],
  ['CLOSED', 'CLOSED'],
])

function isBareAck(packet: ScriptSegment): boolean {
  return packet.flags === 'A' && packet.length === 0
}
