/**
 * `desktop forward`: the forwarder alone, for any QEMU; no environment is read or created. SIGTERM ends it.
 */
import { existsSync } from 'node:fs'
import { lstat, rm } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import { dirname } from 'node:path'
import type { EgressSettings, NetworkSettings } from '../../config/desired.ts'
import { readEgressFile } from '../../config/egress-file.ts'
import { openEgress } from '../../config/egress-rule.ts'
import { minIpv6Mtu } from '../../config/ipv6-mtu.ts'
import { defaultSubnet6, ipv6Settings, subnet6Problem } from '../../config/ipv6-network.ts'
import { networkSettings } from '../../config/normalise/network.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import { dialOnce } from '../../host/dial.ts'
import { checkSocketPath } from '../../host/directories.ts'
import { startStandalone } from '../../net/standalone.ts'
import { formatIpv4, parseIpv4, parseSubnet } from '../../net/wire/addresses.ts'
import { denialLog } from '../../supervisor/network/denial-log.ts'
import type { Output } from '../output.ts'

interface Options {
  listenQemu: readonly string[]
  listenVpnkit: readonly string[]
  listen: readonly string[]
  subnet: string
  gateway?: string
  address?: string
  host?: string
  mtu: number
  isolate?: true
  checksumOffload?: true
  services?: true
  lease: readonly string[]
  ipv6?: boolean
  subnet6?: string
  egress?: string
}

export async function run(options: Options, output: Output): Promise<number> {
  const listenQemu = pathsOf('--listen-qemu', options.listenQemu)
  const listenVpnkit = pathsOf('--listen-vpnkit', options.listenVpnkit)
  const listenApi = pathsOf('--listen', options.listen)
  const paths = [...listenQemu, ...listenVpnkit, ...listenApi]
  if (paths.length === 0) {
    throw new DesktopError('cli/usage', 'nothing to listen on', {
      hint: 'give --listen-qemu, --listen-vpnkit or --listen a socket, e.g. --listen-qemu unix:///tmp/link.sock',
    })
  }
  const twice = paths.find((path, i) => paths.indexOf(path) !== i)
  if (twice !== undefined) throw new DesktopError('cli/usage', `${twice} is given twice`)
  const network = networkOf(options)
  const leases = leasesOf(options.lease, network)
  const egress = options.egress === undefined ? openEgress : readEgressFile(options.egress, process.env)
  for (const path of paths) await makeRoom(path)
  const stop = Promise.withResolvers<void>()
  // Signals may be repeated, e.g. by terminal and wrapper; cleanup is quick and complete either way.
  process.on('SIGTERM', () => stop.resolve()).on('SIGINT', () => stop.resolve())
  const isIsolated = options.isolate === true
  const hasChecksumOffload = options.checksumOffload === true
  const onDenial = denialLog({ info: (_what, message) => output.say(message) })
  const sockets = { listenQemu, listenVpnkit, listenApi }
  const hasServices = options.services === true
  const guests = { isIsolated, hasServices, hasChecksumOffload, leases }
  const started = startStandalone({ network, egress, onDenial, ...sockets, ...guests })
  await using _standalone = await started.catch((cause: unknown) => {
    throw new DesktopError('host/socket', messageOf(cause), { cause })
  })
  output.say(`listening on ${paths.join(', ')}`)
  output.say(`gateway ${network.gateway}, guest ${network.address}, this host ${network.host}`)
  const { ipv6 } = network
  if (ipv6 !== undefined) output.say(`IPv6 ${ipv6.subnet}: gateway ${ipv6.gateway}, this host ${ipv6.host}`)
  if (options.egress !== undefined) output.say(egressLine(egress))
  await stop.promise
  return exitCodes.done
}

function egressLine({ preset, default: fallback, rules }: EgressSettings): string {
  return `egress: ${preset ?? `${fallback} by default`}, ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`
}

function leasesOf(texts: readonly string[], network: NetworkSettings): ReadonlyMap<string, string> {
  const { network: first, broadcast } = parseSubnet(network.subnet)
  const leases = new Map<string, string>()
  for (const text of texts) {
    const wrong = (problem: string): DesktopError =>
      new DesktopError('cli/usage', `--lease ${text}: ${problem}`, {
        hint: `write MAC=ADDRESS, e.g. --lease 52:54:00:00:00:01=${formatIpv4((parseIpv4(network.address) + 1) | 0)}`,
      })
    const [mac = '', address = ''] = text.toLowerCase().split('=')
    if (!/^[\da-f]{2}(:[\da-f]{2}){5}$/.test(mac)) throw wrong(`"${mac}" is not a MAC address`)
    if ((Number.parseInt(mac, 16) & 1) !== 0) throw wrong(`${mac} is a multicast address, which no card has`)
    if (!isIPv4(address)) throw wrong(`"${address}" is not an IPv4 address`)
    const at = parseIpv4(address) >>> 0
    if (at <= first >>> 0 || at >= broadcast >>> 0)
      throw wrong(`${address} is not a guest's in ${network.subnet}`)
    if ([network.gateway, network.host, network.address].includes(address)) throw wrong(`${address} is taken`)
    if (leases.has(mac)) throw wrong(`${mac} is given twice`)
    if ([...leases.values()].includes(address)) throw wrong(`${address} is given twice`)
    leases.set(mac, address)
  }
  return leases
}

/** Only unix sockets: guests could reach a TCP port through the host's address. */
function pathsOf(option: string, texts: readonly string[]): string[] {
  return texts.map((text) => {
    const path = /^(?:unix:(?:\/\/)?)?(\.{0,2}\/?[^:]*)$/.exec(text)?.[1] ?? ''
    if (path === '') {
      throw new DesktopError('cli/usage', `${option}: "${text}" is not a unix socket`, {
        hint: 'write unix:///PATH',
      })
    }
    checkSocketPath(path, 'give it a shorter path')
    return path
  })
}

function networkOf(options: Options): NetworkSettings {
  const { subnet, gateway, address, host, mtu } = options
  const raw = {
    subnet,
    mtu,
    ...(gateway === undefined ? {} : { gateway }),
    ...(address === undefined ? {} : { address }),
    ...(host === undefined ? {} : { host }),
  }
  if (mtu < 576 || mtu > 65_520) throw new DesktopError('cli/usage', `--mtu ${mtu}: it is 576 to 65520`)
  const network = networkSettings(raw, ([, key], problem, hint) => {
    throw new DesktopError('cli/usage', `--${String(key)}: ${problem}`, hint === undefined ? {} : { hint })
  })
  const subnet6 = subnet6Of(options)
  return subnet6 === undefined ? network : { ...network, ipv6: ipv6Settings(subnet6) }
}

/** Undefined without IPv6. */
function subnet6Of({ ipv6, subnet, subnet6, mtu }: Options): string | undefined {
  if (subnet6 === undefined && !ipv6) return undefined
  if (mtu < minIpv6Mtu) throw new DesktopError('cli/usage', `--mtu ${mtu}: IPv6 needs ${minIpv6Mtu} at least`)
  if (subnet6 === undefined) return defaultSubnet6(subnet)
  const wrong = subnet6Problem(subnet6)
  if (wrong === undefined) return subnet6
  throw new DesktopError('cli/usage', `--subnet6: ${wrong.problem}`, { hint: wrong.hint })
}

/** Removes a stale socket file, which would block listening; throws if the socket is in use. */
async function makeRoom(path: string): Promise<void> {
  const stat = await lstat(path).catch(() => undefined)
  if (stat === undefined) {
    const directory = dirname(path)
    // Listening will then fail with "permission denied".
    if (existsSync(directory)) return
    throw new DesktopError('host/socket', `${path}: directory ${directory} does not exist`, {
      hint: `make it: mkdir -p ${directory}`,
    })
  }
  // Connecting to an ordinary file fails with the same error as connecting to a stale socket.
  if (!stat.isSocket()) throw new DesktopError('host/socket', `${path} exists and is not a socket`)
  try {
    ;(await dialOnce(path)).destroy()
  } catch (error) {
    const code = systemCode(error) ?? ''
    if (code === 'ECONNREFUSED') {
      await rm(path, { force: true })
      return
    }
    // The listener is busy, or uses datagrams.
    if (!['EAGAIN', 'EPROTOTYPE'].includes(code)) throw new DesktopError('host/socket', messageOf(error))
  }
  throw new DesktopError('host/socket', `${path}: another program listens there`, {
    hint: 'end it, or give this one another socket',
  })
}
