/** Calls served by the guest agent, and the call that waits for the engine. */
import { crashLoop, readEnds } from '../../engine/crash-loop.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { readGuestFile, readGuestFiles, writeGuestFile } from '../../vm/agent/files.ts'
import type { GuestAccess } from '../../vm/agent/guest-access.ts'
import type { Control } from '../api/api.ts'
import { linkEngineSocket } from '../machine/engine-socket.ts'
import type { MachineSlot } from '../machine/machine-slot.ts'
import type { Parts } from '../parts.ts'

type GuestCall = keyof GuestAccess | 'guestTime' | 'setGuestTime' | 'guestReadFile'

/** Time for the VM's publish relay, which starts with the engine. */
const publishReadyMs = 5_000

export function guestCalls(held: MachineSlot): Pick<Control, GuestCall> {
  return {
    guestExec: async (argv, options = {}) => await held.agent().exec(argv, options),
    guestTime: async () => await held.agent().time(),
    setGuestTime: async () => await held.agent().setTime(),
    guestReadFile: async (path) => await readGuestFile(held.agent(), path),
    guestReadFiles: async (paths) => await readGuestFiles(held.agent(), paths),
    guestWriteFile: async (path, content, mode) => await writeGuestFile(held.agent(), path, content, mode),
  }
}

export function engineCalls(parts: Parts, guest: GuestAccess): Pick<Control, 'waitEngine'> {
  const { channel, engine, published, vm, log } = parts
  const { held } = vm
  const failOnCrashLoop = async (signal: AbortSignal): Promise<never> =>
    await crashLoop(guest, await readEnds(guest), signal)
  return {
    waitEngine: async ({ deadlineMs }) => {
      const { engineSocket } = channel
      if (engineSocket === undefined)
        throw new DesktopError('engine/unreachable', 'docker.sock is not set up')
      const over = new AbortController()
      const answers = engine.wait(engineSocket, {
        deadlineMs,
        signal: over.signal,
        alive: () => requireAlive(held),
        said: () => held.machine?.console.tail(5) ?? '',
      })
      try {
        await Promise.race([answers, failOnCrashLoop(over.signal)])
      } finally {
        over.abort()
      }
      await Promise.all([linkEngineSocket(held, engineSocket, log), published.ready(publishReadyMs)])
    },
  }
}

/** Throws if the VM is down or panicked; a VM that is being replaced counts as alive. */
function requireAlive(held: MachineSlot): void {
  if (held.failing !== undefined) return
  const { panic } = held.running()
  if (panic !== undefined) throw new DesktopError('vm/panic', `the guest kernel panicked: ${panic}`)
}
