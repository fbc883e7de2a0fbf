/** System calls of a script: those that act on a connection are done, those that prepare a socket change nothing. */
import type { Call } from './script.ts'
import type { HostEnd, Subject } from './subject.ts'

/** By descriptor; `listener` and `fresh` are sockets without a connection. */
export type Sockets = Map<number, HostEnd | 'listener' | 'fresh'>

/** Why the call did not give what the script says. */
export async function answerCall(
  call: Call,
  subject: Subject,
  sockets: Sockets,
): Promise<string | undefined> {
  const fd = Number(call.args[0])
  const socket = sockets.get(fd)
  switch (call.name) {
    case 'socket':
      sockets.set(call.result, 'fresh')
      return undefined
    case 'bind':
    case 'fcntl':
    case 'setsockopt':
      return undefined
    case 'listen':
      sockets.set(fd, 'listener')
      await subject.setListening(true)
      return undefined
    case 'connect':
      sockets.set(fd, await subject.connect())
      return undefined
    case 'accept':
      return answerAccept(call, subject, sockets)
    case 'close':
      if (socket === 'listener') await subject.setListening(false)
      sockets.delete(fd)
      if (typeof socket === 'object') socket.close()
      return undefined
  }
  if (socket === undefined) return `no socket ${call.args[0]}`
  if (call.name === 'getsockopt') return answerGetsockopt(call, socket)
  if (typeof socket === 'string') return `${call.name} on a socket without a connection`
  return answerTransfer(call, socket)
}

async function answerAccept(
  { result, error }: Call,
  subject: Subject,
  sockets: Sockets,
): Promise<string | undefined> {
  const accepted = await subject.accept()
  if (accepted === undefined) return result < 0 ? undefined : 'no connection to accept'
  if (result < 0) return `a connection to accept instead of ${error}`
  sockets.set(result, accepted)
  return undefined
}

/** Which error it is depends on the system: only whether there is one is compared. */
async function answerGetsockopt({ args }: Call, socket: HostEnd | string): Promise<string | undefined> {
  if (args[2] !== 'SO_ERROR') return undefined
  const hasError = typeof socket === 'object' && (await socket.takeError())
  const isWanted = args[3] !== '[0]'
  return hasError === isWanted ? undefined : `${hasError ? 'an' : 'no'} error on the host's socket`
}

async function answerTransfer(
  { name, args, result, error }: Call,
  socket: HostEnd,
): Promise<string | undefined> {
  switch (name) {
    case 'write':
    case 'send':
    case 'sendto':
      if (result > 0) socket.send(result)
      return undefined
    case 'read':
    case 'recv': {
      const got = await socket.receive(Number(args[2]), args[3] === 'MSG_PEEK')
      const wanted = result >= 0 ? result : error === 'ECONNRESET' ? 'reset' : 'again'
      return got === wanted ? undefined : `${name} gives ${got} instead of ${wanted}`
    }
    case 'shutdown':
      if (args[1] !== 'SHUT_RD') socket.shutDown()
      return undefined
    default:
      return `unknown call ${name}`
  }
}
