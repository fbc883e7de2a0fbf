/** The machinery that steps act on, for real: host packages, supervisor, guest builder, QEMU, dockerd. */
import { sealCredentials, unsealCredentials } from '../config/daemon/seal.ts'
import { engineClient } from '../engine/client.ts'
import { removeContext, setContext } from '../engine/context.ts'
import { daemonJsonPath, loadedTrustedPath, restartEngine, takeDaemonJson } from '../engine/reload.ts'
import { DesktopError } from '../errors.ts'
import { findIntactImage } from '../guest/built.ts'
import { metadataIso } from '../guest/metadata/tree.ts'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'
import { privateDirectory } from '../host/directories.ts'
import { installPackages } from '../host/packages.ts'
import { cachePaths } from '../host/paths.ts'
import type { OnProgress } from '../progress.ts'
import { known } from '../reading.ts'
import { howToTake } from '../reconcile/resources/daemon.ts'
import { controlClient } from '../supervisor/client.ts'
import { endSupervisor, spawnSupervisor } from '../supervisor/spawn.ts'
import type { VmSpec } from '../vm/spec.ts'
import { emulationNotice, specWithFallback } from './accelerator.ts'
import { createDisk, ensureDisk, growFile } from './disk.ts'
import { startFresh } from './golden.ts'
import { keepGoodVm, returnToGoodVm } from './good-vm.ts'
import type { Machinery } from './machinery.ts'
import type { Situation } from './situation.ts'
import { engineDeadlineMs, stopDeadlineMs } from './steps.ts'
import { findMeans, guestInputs, type Means, requireInputs, specOf, withAccelerator } from './target.ts'
import type { VmSpecInputs } from './vm-spec.ts'

interface RealOptions {
  /** Ends programs that run for a step. */
  kill: AbortSignal
  /** How long the engine may take to come up. */
  engineMs?: number
  /** Nothing is downloaded. */
  offline?: boolean
}

export function realMachinery(
  situation: Situation,
  { kill, engineMs = engineDeadlineMs, offline = false }: RealOptions,
): Machinery {
  const { environment, means, observed } = situation
  const { paths, desired, dockerSocket } = environment
  const control = controlClient(paths)

  const growDisk: Machinery['growDisk'] = async (bytes) => {
    const { vm } = await control.facts()
    if (vm.state !== 'running') return growFile(paths.dataDisk, bytes)
    await control.resizeDisk(bytes)
    const { exitCode, stdout, stderr } = await control.guestExec(['/usr/sbin/grow-disk'])
    if (exitCode !== 0) throw new DesktopError('disk/failed', `the guest could not grow it: ${stderr.trim()}`)
    const inside = Number(stdout.trim())
    // A file system has some of the disk for itself; it never takes half.
    if (!(inside > bytes / 2)) {
      throw new DesktopError('disk/failed', `the guest sees a file system of ${inside} bytes after growing`)
    }
  }

  const buildImage: Machinery['buildImage'] = async (onProgress) => {
    // Most applies build nothing; the builder is loaded by those that do.
    const { buildGuest } = await import('../guest/build.ts')
    await buildGuest(guestInputs(means.rendered, means.lock), {
      cache: cachePaths(),
      offline,
      onProgress,
      signal: kill,
    })
  }

  /** Plans look at sizes only; before it boots every byte of the image is checked. */
  const requireIntact = async (onProgress: OnProgress): Promise<void> => {
    const { image } = means
    if (image === undefined || (await findIntactImage(cachePaths(), image.digest)) !== undefined) return
    onProgress({ step: 'image', message: 'the guest image is damaged; building it again' })
    await buildImage(onProgress)
  }

  /** Resolved again each time: an accelerator may have failed since the plan was made. */
  const current = (): Promise<Means> => withAccelerator(environment, means)
  const inputs = async (): Promise<VmSpecInputs> => await requireInputs(environment, await current())
  const spec = async (): Promise<VmSpec> => await specWithFallback(await inputs())

  const writeMetadata = async (): Promise<void> => {
    await privateDirectory(paths.runtimeDir)
    await writeAtomic(paths.metadataIso, metadataIso(means.rendered.metadata), { mode: 0o600 })
  }

  return {
    installPackages: (names, onProgress) =>
      installPackages(names, (message) => onProgress({ step: 'packages', message })),
    startSupervisor: async () => {
      await spawnSupervisor(desired.name, paths)
    },
    replaceSupervisor: async () => {
      await endSupervisor(paths, known(observed.supervisor)?.pid, 'keep')
      await spawnSupervisor(desired.name, paths)
    },
    control,
    buildImage,
    createDisk: (bytes) => ensureDisk(paths.dataDisk, bytes),
    growDisk,
    recreateDisk: (bytes) => createDisk(paths.dataDisk, bytes),
    startVm: async (onProgress) => {
      await requireIntact(onProgress)
      if (await startFresh(await inputs(), await spec(), control, onProgress)) return
      await writeMetadata()
      await control.startVm(await spec())
    },
    resumeVm: async (onProgress) => {
      await requireIntact(onProgress)
      // It was gone when the host has booted since.
      await writeMetadata()
      return await control.resumeVm(await spec())
    },
    keepGoodVm: async () => {
      const metadata = sealCredentials(JSON.stringify(means.rendered.metadata), desired.name)
      await keepGoodVm(paths, { spec: await spec(), network: desired.network, metadata })
    },
    returnToGoodVm: async () =>
      await returnToGoodVm(paths, await spec(), control, {
        stopMs: stopDeadlineMs,
        engineMs,
        unseal: (sealed) => unsealCredentials(sealed, JSON.stringify(means.rendered.metadata), desired.name),
      }),
    vmSpec: async () =>
      specOf(environment, await current()) ?? specOf(environment, await findMeans(environment)),
    emulation: async () => {
      const answer = known((await current()).accelerator) ?? known((await findMeans(environment)).accelerator)
      return answer === undefined ? undefined : emulationNotice(answer)
    },
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
        restartMs: engineMs,
        onStep: (message) => onProgress({ step: 'daemon.json', message }),
      })
    },
    restartEngine: (onProgress) =>
      restartEngine({
        text: means.rendered.daemonJson,
        guest: control,
        engine: engineClient(dockerSocket),
        restartMs: engineMs,
        onStep: (message) => onProgress({ step: 'engine', message }),
      }),
    keepGoodDaemonJson: (text) =>
      writeAtomic(paths.lastGoodDaemonJson, sealCredentials(text, desired.name), { mode: 0o600 }),
    setContext,
    removeContext,
  }
}
