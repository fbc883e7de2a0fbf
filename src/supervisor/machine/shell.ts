/**
 * Connects a client of the control socket to a terminal in the guest
 * (templates/guest/socat/usr/bin/shell-session) or to one stream of a command (exec-session).
 */
import type { Duplex } from 'node:stream'
import { messageOf } from '../../errors/system.ts'
import type { Log } from '../process/log.ts'

export async function joinShell(client: Duplex, dialled: Promise<Duplex>, log: Log): Promise<void> {
  const guest = await reached(client, dialled, log)
  if (guest === undefined) return
  guest.on('error', () => client.destroy()).on('close', () => client.end())
  // Closing the client's window ends the guest session, like a hang-up; a client never half-closes.
  for (const gone of ['error', 'close', 'end']) client.on(gone, () => guest.destroy())
  client.pipe(guest, { end: false }).on('end', () => client.end())
  guest.pipe(client)
}

/** The two directions end independently: end of input does not end the output. */
export async function joinStream(client: Duplex, dialled: Promise<Duplex>, log: Log): Promise<void> {
  const guest = await reached(client, dialled, log)
  if (guest === undefined) return
  for (const [one, other] of [
    [client, guest],
    [guest, client],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => {
      // Data at the end may still be in flight; closing early destroys the other side.
      if (!one.readableEnded) other.destroy()
    })
    one.pipe(other)
  }
}

async function reached(client: Duplex, dialled: Promise<Duplex>, log: Log): Promise<Duplex | undefined> {
  let guest: Duplex
  try {
    guest = await dialled
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'no process answers in the guest')
    client.destroy()
    return undefined
  }
  if (!client.destroyed && !client.readableEnded) return guest
  guest.destroy()
  client.destroy()
  return undefined
}
