/**
 * Effects on the engine: apply daemon.json by reload or restart, restart, and record the last good
 * daemon.json.
 */
import { sealCredentials } from '../../../config/daemon/seal.ts'
import { engineClient } from '../../../engine/client.ts'
import { daemonJsonPath, loadedTrustedPath, restartEngine, takeDaemonJson } from '../../../engine/reload.ts'
import { reloadOrRestart } from '../../../engine/reload-or-restart.ts'
import { DesktopError } from '../../../errors/desktop-error.ts'
import { readIfExists, writeAtomic } from '../../../host/atomic-file.ts'
import type { Control } from '../../../supervisor/api/api.ts'
import type { Assessment } from '../../plan/assess.ts'
import type { Effects } from '../effects.ts'

type EngineEffects = Pick<Effects, 'takeDaemonJson' | 'restartEngine' | 'keepGoodDaemonJson'>

export function engineEffects(
  { environment: { paths, desired, dockerSocket }, resources }: Assessment,
  control: Control,
  restartMs: number,
): EngineEffects {
  return {
    takeDaemonJson: async ({ text, trusted }, planned, onProgress) => {
      const before: [from: string | undefined, to: string][] = [
        [await control.guestReadFile(daemonJsonPath).catch(() => undefined), text],
        [await readIfExists(paths.lastGoodDaemonJson), sealCredentials(text, desired.name)],
      ]
      const trusts = (await control.guestReadFile(loadedTrustedPath).catch(() => '')) === trusted
      const needed = trusts ? reloadOrRestart(before) : 'restart'
      if (planned === 'as-found' && trusts && before.every(([from, to]) => from === to)) return
      if (planned === 'reload' && needed === 'restart') throw staleReload()
      await takeDaemonJson({
        text,
        trusted,
        how: planned === 'as-found' ? needed : planned,
        guest: control,
        engine: engineClient(dockerSocket),
        restartMs,
        onStep: (message) => onProgress({ step: 'daemon.json', message }),
      })
    },
    restartEngine: (onProgress) =>
      restartEngine({
        text: resources.rendered.daemonJson,
        guest: control,
        engine: engineClient(dockerSocket),
        restartMs,
        onStep: (message) => onProgress({ step: 'engine', message }),
      }),
    keepGoodDaemonJson: (text) =>
      writeAtomic(paths.lastGoodDaemonJson, sealCredentials(text, desired.name), { mode: 0o600 }),
  }
}

/** The plan promised that no containers stop, but a restart would stop them. */
const staleReload = (): DesktopError =>
  new DesktopError(
    'plan/stale',
    'daemon.json in the guest changed after the plan: the engine would have to restart',
    {
      hint: 'run apply again; its plan lists the containers that stop',
    },
  )
