/** The control API's streams by name; each opener returns the handler of the upgraded connection. */
import type { Socket } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { OpenStream } from '../api/server.ts'
import { joinStream } from '../machine/shell.ts'
import type { Parts } from '../parts.ts'

export function openStreams(parts: Parts): Readonly<Record<string, OpenStream>> {
  const { terminals, requests, network, names, vm, log } = parts
  return {
    console: () => terminals.console(),
    shell: () => terminals.shell(),
    exec: () => terminals.exec(),
    /** Accepts a trunk connection from a peer's supervisor. Throws if there are no peers. */
    trunk: (query) => {
      if ((requests.state.peers ?? []).length === 0)
        throw new DesktopError('supervisor/bad-request', 'this machine has no peers')
      return (socket) => network.acceptTrunk(socket as Socket, query.get('from') ?? '')
    },
    /** Connects a client to an address in the VM, by name or IP. Rejects with `tunnel/…`. */
    dial: async (query) => {
      vm.held.running()
      const guest = await names.dial(query.get('host') ?? '', Number(query.get('port')))
      return (client) => void joinStream(client, Promise.resolve(guest), log)
    },
  }
}
