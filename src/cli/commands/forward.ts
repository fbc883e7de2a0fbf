/** `desktop forward`: the forwarder alone, for any QEMU; no environment is read or made. Ends with SIGTERM. */
import { rm } from 'node:fs/promises'
import { defaultSubnet6, minIpv6Mtu, subnet6Problem } from '../../config/ipv6-network.ts'
import { DesktopError, exitCodes, messageOf, systemCode } from '../../errors.ts'
import { dialOnce } from '../../host/dial.ts'
import { checkSocketPath } from '../../host/directories.ts'
import { standaloneNetwork, startStandalone } from '../../net/standalone.ts'
import type { Output } from '../output.ts'

interface Options {
  listenQemu: string
  subnet: string
  mtu: number
  ipv6?: boolean
  subnet6?: string
}

export async function run(options: Options, output: Output): Promise<number> {
  const { listenQemu, subnet, mtu } = options
  const path = listenQemu.replace(/^unix:(\/\/)?/, '')
  checkSocketPath(path)
  const subnet6 = subnet6Of(options)
  const { gateway, address, host, ipv6 } = networkOf(subnet, mtu, subnet6)
  await removeStale(path)
  const stop = Promise.withResolvers<void>()
  process.once('SIGTERM', () => stop.resolve()).once('SIGINT', () => stop.resolve())
  await using _standalone = await startStandalone({ listenQemu: path, subnet, mtu, subnet6 })
  output.say(`listening on ${path}: gateway ${gateway}, guest ${address}, this host ${host}`)
  if (ipv6 !== undefined) output.say(`IPv6 ${ipv6.subnet}: gateway ${ipv6.gateway}, this host ${ipv6.host}`)
  await stop.promise
  return exitCodes.done
}

/** Undefined: no IPv6 is asked for. */
function subnet6Of({ ipv6, subnet, subnet6, mtu }: Options): string | undefined {
  if (subnet6 === undefined && !ipv6) return undefined
  if (mtu < minIpv6Mtu) throw new DesktopError('cli/usage', `--mtu ${mtu}: IPv6 needs ${minIpv6Mtu} at least`)
  if (subnet6 === undefined) return defaultSubnet6(subnet)
  const wrong = subnet6Problem(subnet6)
  if (wrong === undefined) return subnet6
  throw new DesktopError('cli/usage', `--subnet6: ${wrong.problem}`, { hint: wrong.hint })
}

function networkOf(
  subnet: string,
  mtu: number,
  subnet6: string | undefined,
): ReturnType<typeof standaloneNetwork> {
  try {
    return standaloneNetwork(subnet, mtu, subnet6)
  } catch (error) {
    throw new DesktopError('cli/usage', `--subnet ${subnet}: ${messageOf(error)}`)
  }
}

/** A socket file whose owner died would keep a new one from listening; one that answers is left alone. */
async function removeStale(path: string): Promise<void> {
  try {
    ;(await dialOnce(path)).destroy()
  } catch (error) {
    if (systemCode(error) === 'ECONNREFUSED') await rm(path, { force: true })
  }
}
