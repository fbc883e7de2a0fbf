/**
 * Whether sshd of another host forwards unix sockets. ssh reports success in any case; sshd then closes each stream, as
 * for a socket without a listener. So desktop there opens a socket that greets.
 */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import { dialOnce } from '../../host/dial.ts'
import { temporaryForward, unreachable } from '../../host/ssh/ssh.ts'
import { targetText } from '../../host/ssh/target.ts'
import type { HostSession } from './session.ts'

const greeting = 'desktop'
/** As a login. */
const greetMs = 20_000

/** On the other host. The socket is in a directory that only its user can enter. */
export async function greetAt(path: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(greeting)
  })
  server.listen(path)
  await once(server, 'listening')
  return server
}

/** Throws `hosts/no-forwarding`, or `hosts/unreachable`. */
export async function requireForwarding(session: Pick<HostSession, 'host' | 'call'>): Promise<void> {
  const { name, ssh } = session.host
  const { socket: path } = await session.call('probe', {})
  await using forward = await temporaryForward({ ssh, path })
  const said = await receivedFrom(await dialOnce(forward.local))
  if (said === undefined)
    throw unreachable(ssh, `no reply through a forwarded socket in ${greetMs / 1_000} s`)
  if (said === greeting) return
  throw new DesktopError(
    'hosts/no-forwarding',
    `sshd of ${name} (${targetText(ssh)}) forwards no unix sockets`,
    {
      hint: 'there, set AllowStreamLocalForwarding yes in sshd_config; DisableForwarding, and restrict or no-port-forwarding in authorized_keys, forbid it too',
    },
  )
}

/** undefined: the other end neither sends nor closes. */
async function receivedFrom(socket: Socket): Promise<string | undefined> {
  let said = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(0, greeting.length + 1)
  })
  let isLate = false
  socket.setTimeout(greetMs, () => {
    isLate = true
    socket.destroy()
  })
  await once(socket, 'close')
  return isLate ? undefined : said
}
