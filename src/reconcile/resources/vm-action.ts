/**
 * Decides whether a VM keeps running, starts, resumes or restarts. For a running VM, three hashes decide
 * (ARCHITECTURE.md, System).
 */
import { absent, observedValue } from '../../observation.ts'
import type { Observed, ObservedVm } from '../../observe/observed.ts'
import type { VmParts, VmSpec, VmStatus } from '../../vm/spec.ts'
import type { Cause } from '../plan.ts'
import type { Target } from '../target.ts'
import { differences } from '../values.ts'
import { argvCauses } from './argv.ts'
import { diskAction, diskCause } from './disk.ts'
import { networkCauses } from './network.ts'
import type { VmAction } from './resource.ts'

export function vmAction(target: Target, observed: Observed): VmAction {
  if (observed.vm.state === 'unknown') {
    return { action: 'start', causes: [{ path: 'vm', from: observed.vm.reason, to: 'running' }] }
  }
  const seen = observedValue(observed.vm)
  const vm: VmStatus = seen?.vm ?? { state: 'absent' }
  switch (vm.state) {
    case 'absent':
      return { action: 'start', causes: [{ path: 'vm', from: notRunning(seen), to: 'running' }] }
    case 'suspended': {
      const suspended: Cause = { path: 'vm', from: 'suspended', to: 'running' }
      const causes = restartCauses(target, observed, seen, vm.hashes)
      if (causes.length === 0) return { action: 'resume', causes: [suspended] }
      return { action: 'start', causes: [suspended, ...causes], stops: vm.running }
    }
    case 'exited':
      return { action: 'start', causes: [{ path: 'vm', from: exitText(vm), to: 'running' }] }
    case 'paused':
    case 'stopping':
      return { action: 'restart', causes: [{ path: 'vm', from: vm.state, to: 'running' }] }
    case 'panicked':
      return { action: 'restart', causes: [{ path: 'vm', from: 'guest kernel panicked', to: 'running' }] }
    case 'mute':
      return { action: 'restart', causes: [{ path: 'vm', from: 'running, not answering', to: 'running' }] }
    case 'stalled':
      return { action: 'keep' }
    case 'starting':
    case 'running': {
      const causes = [...restartCauses(target, observed, seen, vm.hashes), ...unservedCauses(vm, target)]
      return causes.length === 0 ? { action: 'keep' } : { action: 'restart', causes }
    }
  }
}

const notRunning = (seen: ObservedVm | undefined): string =>
  seen?.saved?.state === 'unknown' ? `suspended, cannot be resumed: ${seen.saved.reason}` : 'not running'

function exitText(vm: Extract<VmStatus, { state: 'exited' }>): string {
  // The exit status of an adopted QEMU is unknown.
  const known = vm.code === null ? 'ended' : `exited with ${vm.code}`
  const how = vm.signal === null ? known : `killed by ${vm.signal}`
  const last = vm.lastOutput.trim().split('\n').at(-1) ?? ''
  return last === '' ? how : `${how}: ${last}`
}

function restartCauses(
  target: Target,
  observed: Observed,
  seen: ObservedVm | undefined,
  running: VmSpec['hashes'],
): Cause[] {
  const parts = partCauses(running.parts, target)
  const causes: Cause[] = [...parts]
  const { image, metadata, argv } = target.hashes
  // An image that must be built first differs from the running one.
  if (observed.image.state !== 'unknown' && image !== running.image) {
    causes.push({
      path: 'guest image',
      from: shortDigest(running.image),
      to: shortDigest(image) ?? 'to be built',
    })
  }
  // Metadata includes the shares, which are reported by name.
  if (metadata !== running.metadata && !parts.some(({ path }) => path === 'shares')) {
    causes.push({ path: 'guest data', from: shortDigest(running.metadata), to: shortDigest(metadata) })
  }
  if (argv !== undefined && argv !== running.argv) {
    const named = argvCauses(seen?.argv, target)
    // The image also changes paths on the command line, and is already reported.
    const own = causes.length === 0 ? named : named.filter(({ path }) => !path.startsWith('qemu '))
    causes.push(...own)
    if (causes.length === 0) causes.push({ path: 'vm', from: 'other arguments', to: 'as written' })
  } else causes.push(...argvCauses(seen?.argv, target).filter(({ path }) => !isOfStart(path)))
  const saved = observedValue(seen?.saved ?? absent)
  const network =
    saved === undefined
      ? networkCauses(target.desired.network, observed).filter(({ from }) => from !== undefined)
      : differences('network', saved.network, target.desired.network)
  causes.push(...network)
  const disk = diskAction(target, observed)
  if (disk === 'recreate' || disk === 'create') {
    causes.push(diskCause(target, observed))
  }
  return causes
}

/** QEMU cannot reconnect to a restarted virtiofsd, so QEMU must restart. */
function unservedCauses({ shares = [] }: Extract<VmStatus, { pid: number }>, { desired }: Target): Cause[] {
  return shares
    .filter(({ served }) => !served)
    .map(({ target }) => {
      const index = desired.shares.findIndex((share) => share.target === target)
      const path = index < 0 ? 'shares' : `shares[${index}]`
      return { path, from: `virtiofsd for ${target} has exited`, to: index < 0 ? undefined : 'served' }
    })
}

const partKeys = {
  builder: 'guest.builder',
  services: 'guest.services',
  files: 'guest.files',
  shares: 'shares',
} as const

/** Entries that differ from the running VM. */
function partCauses(running: VmParts | undefined, { parts }: Target): Cause[] {
  if (running === undefined) return []
  return (['builder', 'services', 'files', 'shares'] as const).flatMap((part) => {
    const [is, should] = [running[part] ?? {}, parts[part] ?? {}]
    const names = [...new Set([...Object.keys(is), ...Object.keys(should)])].sort()
    const changed = names.filter((name) => is[name] !== should[name])
    const shown = (entries: Readonly<Record<string, string>>): string | undefined => {
      const texts = changed.flatMap((name) =>
        entries[name] === undefined ? [] : [`${name} (${entries[name]})`],
      )
      return texts.length === 0 ? undefined : texts.join(', ')
    }
    return changed.length === 0 ? [] : [{ path: partKeys[part], from: shown(is), to: shown(should) }]
  })
}

/** Options that depend on how QEMU was started (interpreter, resume), not on the VM. */
const isOfStart = (path: string): boolean =>
  path.startsWith('qemu ') && (!path.startsWith('qemu -') || path === 'qemu -incoming' || path === 'qemu -S')

const shortDigest = (digest: string | undefined): string | undefined =>
  digest?.replace(/^sha256:/, '').slice(0, 12)
