/**
 * A dial with the TTL of the guest's SYN, as traceroute needs it: the ICMP error of the router that drops it is in the
 * socket's error queue (ip(7), IP_RECVERR). Linux only; other systems use the default TTL.
 */
import type { IcmpFailure } from '../../core/failure.ts'
import type { EventLoop } from '../event-loop.ts'
import { type IpOptions, ipOptions, ipv6Options, setIpOption, takeIcmpError } from '../linux/icmp-errors.ts'
import { family } from '../sockaddr.ts'

/** For a socket that is not connected yet. Gives what `hopsAsUsual` is to be told. */
export function limitHops(fd: number, kind: number, hops: number): IpOptions {
  const options = kind === family.inet6 ? ipv6Options : ipOptions
  setIpOption(fd, options.level, options.receiveErrors, 1)
  setIpOption(fd, options.level, options.ttl, hops)
  return options
}

/** Of what follows the SYN. */
export function hopsAsUsual(fd: number, { level, ttl }: IpOptions): void {
  setIpOption(fd, level, ttl, -1)
}

/** What someone on the way said of the SYN, if anyone did; within `begin` and `end` of the event loop. */
export function saidOnTheWay(loop: EventLoop, fd: number): IcmpFailure | undefined {
  const said = takeIcmpError(fd)
  if (said === undefined) return undefined
  const { type, code, info } = said
  return { type, code, info, source: loop.stack.addressOfBytes(said.source) }
}
