/**
 * Dial with the TTL of the guest's SYN, as traceroute needs: the ICMP error of the router that drops it is in the
 * socket's error queue (ip(7), IP_RECVERR). Linux only; other systems use the default TTL.
 */
import type { IcmpFailure } from '../../core/failure.ts'
import type { EventLoop } from '../event-loop.ts'
import { type IpOptions, ipOptions, ipv6Options, setIpOption, takeIcmpError } from '../linux/icmp-errors.ts'
import { family } from '../sockaddr.ts'

/** Call before connecting. Returns the options for `hopsAsUsual`. */
export function limitHops(fd: number, kind: number, hops: number): IpOptions {
  const options = kind === family.inet6 ? ipv6Options : ipOptions
  setIpOption(fd, options.level, options.receiveErrors, 1)
  setIpOption(fd, options.level, options.ttl, hops)
  return options
}

/** Restores the default TTL for packets after the SYN. */
export function hopsAsUsual(fd: number, { level, ttl }: IpOptions): void {
  setIpOption(fd, level, ttl, -1)
}

/** The ICMP error for the SYN, if any; call between `begin` and `end` of the event loop. */
export function takeRouterError(loop: EventLoop, fd: number): IcmpFailure | undefined {
  const error = takeIcmpError(fd)
  if (error === undefined) return undefined
  const { type, code, info } = error
  return { type, code, info, source: loop.stack.addressOfBytes(error.source) }
}
