/** A TCP that scripts are played against, with the time, the guest's side of its link and the host's side of it. */
import type { SegmentText, TextSegment } from '../../support/net/segments.ts'

/** A subject on real sockets takes its time. */
export type Soon<T> = T | Promise<T>

/** A socket of the host, as the system calls of a script see it. */
export interface HostEnd {
  send(bytes: number): void
  /** Bytes taken; 0: the guest has ended; `again`: there is nothing yet. */
  receive(bytes: number, isPeek: boolean): Soon<number | 'again' | 'reset'>
  /** Half-close. */
  shutDown(): void
  close(): void
  /** Whether it has failed since this was asked last. */
  takeError(): Soon<boolean>
}

export interface SentSegment {
  segment: TextSegment
  atS: number
}

export interface IcmpError {
  type: number
  code: number
  /** Of "fragmentation needed" and "packet too big". */
  mtu: number
  /** The sequence number of the quoted segment, which came from the subject. */
  sequence: number
}

export interface Subject {
  readonly family: 4 | 6
  /** Since the script began. */
  readonly nowS: number
  waitUntil(seconds: number): Promise<void>
  /** The next segment to the guest, undefined: none came by then. */
  next(untilS: number): Promise<SentSegment | undefined>
  inject(segment: SegmentText): void
  injectIcmp(error: IcmpError): void
  /** Whether the host has a server at the port that the guest dials. */
  setListening(isListening: boolean): Soon<void>
  accept(): Soon<HostEnd | undefined>
  /** The host opens a connection to the guest; from then on segments are of it. */
  connect(): Soon<HostEnd>
  /** States of its connections by the names of RFC 9293; undefined: it cannot be asked. */
  states(): string[] | undefined
}
