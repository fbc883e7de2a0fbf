/** Effects on the engine: daemon.json taken by a reload or a restart, restarts, and the last good daemon.json. */
import { sealCredentials } from '../../../config/daemon/seal.ts'
import { engineClient } from '../../../engine/client.ts'
import { daemonJsonPath, loadedTrustedPath, restartEngine, takeDaemonJson } from '../../../engine/reload.ts'
import { readIfExists, writeAtomic } from '../../../host/atomic-file.ts'
import { howToTake } from '../../../reconcile/resources/daemon.ts'
import type { Control } from '../../../supervisor/api/api.ts'
import type { Assessment } from '../../plan/assess.ts'
import type { Effects } from '../effects.ts'

type EngineEffects = Pick<Effects, 'takeDaemonJson' | 'restartEngine' | 'keepGoodDaemonJson'>

export function engineEffects(
  { environment: { paths, desired, dockerSocket }, resources, observed }: Assessment,
  control: Control,
  restartMs: number,
): EngineEffects {
  return {
    takeDaemonJson: async (text, trusted, onProgress) => {
      const before: [from: string | undefined, to: string][] = [
        [await control.guestReadFile(daemonJsonPath).catch(() => undefined), text],
        [await readIfExists(paths.lastGoodDaemonJson), sealCredentials(text, desired.name)],
      ]
      const trusts = (await control.guestReadFile(loadedTrustedPath).catch(() => '')) === trusted
      // Planned without a view into the guest, and now it shows that nothing is to be done.
      if (observed.guest.state !== 'present' && trusts && before.every(([from, to]) => from === to)) return
      await takeDaemonJson({
        text,
        trusted,
        how: trusts ? howToTake(before) : 'restart',
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
