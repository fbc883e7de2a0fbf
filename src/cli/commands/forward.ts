/** `desktop forward`: the forwarder alone, for any QEMU; no environment is read or made. Ends with SIGTERM. */
import { rm } from 'node:fs/promises'
import { DesktopError, exitCodes, messageOf, systemCode } from '../../errors.ts'
import { dialOnce } from '../../host/dial.ts'
import { checkSocketPath } from '../../host/directories.ts'
import { standaloneNetwork, startStandalone } from '../../net/standalone.ts'
import type { Output } from '../output.ts'

interface Options {
  listenQemu: string
  subnet: string
  mtu: number
}

export async function run({ listenQemu, subnet, mtu }: Options, output: Output): Promise<number> {
  const path = listenQemu.replace(/^unix:(\/\/)?/, '')
  checkSocketPath(path)
  const { gateway, address, host } = networkOf(subnet, mtu)
  await removeStale(path)
  const stop = Promise.withResolvers<void>()
  process.once('SIGTERM', () => stop.resolve()).once('SIGINT', () => stop.resolve())
  await using _standalone = await startStandalone({ listenQemu: path, subnet, mtu })
  output.say(`listening on ${path}: gateway ${gateway}, guest ${address}, this host ${host}`)
  await stop.promise
  return exitCodes.done
}

function networkOf(subnet: string, mtu: number): ReturnType<typeof standaloneNetwork> {
  try {
    return standaloneNetwork(subnet, mtu)
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
