/** Which scripts of FreeBSD's TCP test suite ask something of a forwarder, and why the others do not. */
import type { Script } from './packetdrill/script.ts'

interface Rule {
  reason: string
  /** @param path inside the suite. */
  holds(path: string, script: Script): boolean
}

const commands = ({ events }: Script): string[] =>
  events.flatMap((event) => (event.kind === 'command' ? [event.text] : []))
/** Whether a kernel variable is set to anything but these values. */
const sets = (script: Script, name: string, ...usual: number[]): boolean =>
  commands(script).some((text) => {
    const value = new RegExp(`sysctl -w ${name.replaceAll('.', '\\.')}=(\\d+)`).exec(text)?.[1]
    return value !== undefined && !usual.includes(Number(value))
  })
const calls = (script: Script, pattern: RegExp): boolean =>
  script.events.some(
    (event) => event.kind === 'call' && pattern.test(`${event.call.name} ${event.call.args.join(' ')}`),
  )
const expectedSyns = ({ events }: Script): number =>
  events.filter(
    (event) =>
      event.kind === 'expect' && event.packet.protocol === 'tcp' && event.packet.flags.startsWith('S'),
  ).length

/** The first that holds. */
const rules: readonly Rule[] = [
  {
    reason: 'TCP Fast Open (RFC 7413, experimental) is not offered: no program of the host asks for it',
    holds: (path) => path.startsWith('fast-open/'),
  },
  {
    reason: 'TCP in UDP: an encapsulation of FreeBSD',
    holds: (path, { options }) => path.startsWith('tcp-over-udp/') || options.has('udp_encapsulation'),
  },
  {
    reason: "socket options of FreeBSD's kernel: the forwarder has no socket API",
    holds: (path) => path.startsWith('socket-api/'),
  },
  {
    reason: 'TCP without options (TCP_NOOPT), an option of the socket',
    holds: (_path, script) => calls(script, /TCP_NOOPT/),
  },
  {
    reason: 'reads the state of a socket without a connection',
    holds: (_path, { events }) =>
      events.some((event) => event.kind === 'code' && /TCPI_(CLOSED|LISTEN)\b/.test(event.text)),
  },
  {
    reason: 'ECN (RFC 3168) is not negotiated, as its section 6.1.1 allows',
    holds: (path, script) => sets(script, 'net.inet.tcp.ecn.enable', 0, 2) || /-ecn\d\d\.pkt$/.test(path),
  },
  {
    reason: 'a kernel variable turns RFC 5961 off',
    holds: (_path, script) =>
      sets(script, 'net.inet.tcp.insecure_rst', 0) || sets(script, 'net.inet.tcp.insecure_syn', 0),
  },
  {
    reason: 'a kernel variable drops SYN with FIN, which RFC 9293 does not ask for',
    holds: (_path, script) => sets(script, 'net.inet.tcp.drop_synfin', 0),
  },
  {
    reason: 'a kernel variable silences closed ports (RFC 9293 section 3.10.7.1 answers them)',
    holds: (_path, script) => sets(script, 'net.inet.tcp.blackhole', 0),
  },
  {
    reason: 'a kernel variable turns options of the SYN off',
    holds: (_path, script) =>
      expectedSyns(script) > 0 &&
      /snd-syn-without/.test(_path) &&
      (sets(script, 'net.inet.tcp.sack.enable', 1) || sets(script, 'net.inet.tcp.rfc1323', 1)),
  },
  {
    reason: "measures timeouts with FreeBSD's 200 ms of slop on each, or its own number of them",
    holds: (path, script) => path.startsWith('snd-syn/') && expectedSyns(script) > 2,
  },
  {
    reason: 'a kernel variable ignores ICMP, against RFC 9293 SHLD-26',
    holds: (path) => path.includes('hard-error-ignored'),
  },
  {
    reason: 'FreeBSD ends a connection for a TTL that ran out, which RFC 9293 MUST-56 forbids',
    holds: (path) => path.includes('hard-error-ttl-exceeded'),
  },
  {
    reason: 'an unknown next header, by ICMPv6 a soft error (RFC 9293 MUST-56), by FreeBSD a hard one',
    holds: (path) => path.includes('hard-error-proto-unreachable-ipv6'),
  },
  {
    reason: 'LISTEN: the forwarder dials for each SYN, so that a port is closed to all other segments',
    holds: (path) => /\/rcv-(?!syn-listen)[a-z-]+-listen\//.test(path),
  },
  {
    reason: 'refuses a newer SYN in TIME-WAIT, where RFC 9293 MAY-2 allows to take it and the forwarder does',
    holds: (path) => /rcv-syn(-fin)?-time-wait-.*-(outside-right|right-edge)-/.test(path),
  },
]

/** Undefined: it applies. */
export function whyNotApplicable(path: string, script: Script): string | undefined {
  return rules.find((rule) => rule.holds(path, script))?.reason
}

/** Scripts that apply and fail, each with the line of the RFC that decides. */
const explained: readonly { path: RegExp; reason: string }[] = [
  {
    path: /rcv-syn(-fin)?-with-data-syn-sent/,
    reason:
      'text in the SYN of a simultaneous open is not kept (RFC 9293 section 3.10.7.3 queues it): it is not acknowledged, so that it comes again',
  },
  {
    path: /overlapping-200-32200/,
    reason:
      'no window update while more than half of the window is open (RFC 9293 section 3.8.6.2.2 says when it may open, not that an ACK tells)',
  },
  {
    path: /time-wait-via-closing/,
    reason:
      'the ACK of a segment that is not acceptable is not heeded (RFC 9293 section 3.10.7.4, first step): the next FIN brings it',
  },
]

export function whyFailing(path: string): string | undefined {
  return explained.find((entry) => entry.path.test(path))?.reason
}
