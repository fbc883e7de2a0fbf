/** Joins a client of the control socket to a terminal in the guest (templates/guest/socat/usr/bin/shell-session). */
import type { Duplex } from 'node:stream'
import { messageOf } from '../errors.ts'
import type { Log } from './log.ts'

export async function joinShell(client: Duplex, dialled: Promise<Duplex>, log: Log): Promise<void> {
  let guest: Duplex
  try {
    guest = await dialled
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'no terminal in the guest')
    client.destroy()
    return
  }
  guest.on('error', () => client.destroy()).on('close', () => client.end())
  // A window that is closed ends what ran in it, as a hang-up does.
  client.on('error', () => guest.destroy()).on('close', () => guest.destroy())
  client.pipe(guest, { end: false }).on('end', () => client.end())
  guest.pipe(client)
}
