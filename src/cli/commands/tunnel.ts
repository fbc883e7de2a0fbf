/** `desktop tunnel`: a SOCKS5 proxy on loopback, for tools that need container addresses. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { openReachable } from '../../apply/environment/open-reachable.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { systemCode } from '../../errors/system.ts'
import { nameBelow } from '../../names/headers.ts'
import { serveSocks } from '../../names/socks.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import { dialVm } from '../../supervisor/api/streams.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { isOwn } from '../ui/owner.ts'

interface Options extends FileOptions {
  port: number
}

export async function run(options: Options, output: Output): Promise<number> {
  if (options.json) throw new DesktopError('cli/usage', 'desktop tunnel has no --json')
  const { desired, paths } = await openReachable(options)
  const { domain } = desired.names
  if ((await connectSupervisor(paths)) === undefined)
    throw new DesktopError('vm/not-running', `${desired.name} is not running`)
  const server = createServer({ allowHalfOpen: true, noDelay: true }, async (client) => {
    client.on('error', () => {})
    // Every user of this host can connect to loopback.
    if (!(await isOwn(client))) return void client.destroy()
    await serveSocks(client, (host, port) => dialVm(paths, nameBelow(domain, host) ?? host, port))
  })
  const stopped = new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop())
  })
  server.listen(options.port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    if (systemCode(error) !== 'EADDRINUSE') throw error
    throw new DesktopError('ports/not-listening', `127.0.0.1:${options.port} is in use`, {
      hint: 'choose a different one with --port',
    })
  }
  output.write(`socks5h://127.0.0.1:${options.port}\n`)
  output.say('reach containers by name or address; press Ctrl-C to stop')
  await stopped
  server.close()
  return exitCodes.done
}
