/**
 * The data disk: all data of containers and images. It is created once and can grow; it never shrinks and is never
 * replaced without consent.
 */
import { formatBytes } from '../../config/units.ts'
import { observedValue } from '../../observation.ts'
import type { Observed } from '../../observe/observed.ts'
import type { Cause, Note } from '../plan.ts'
import type { Target } from '../target.ts'
import { change, inSync, operation, type Resource } from './resource.ts'

type DiskAction = 'keep' | 'create' | 'grow' | 'recreate' | 'refuse'

export function diskAction({ desired }: Target, { disk, vm }: Observed): DiskAction {
  switch (disk.state) {
    case 'unknown':
      return 'refuse'
    case 'absent': {
      const seen = observedValue(vm)?.vm
      // The file was deleted while QEMU has it open: its content exists until QEMU exits.
      return seen !== undefined && 'pid' in seen && seen.state !== 'stopping' ? 'recreate' : 'create'
    }
    case 'present': {
      const { virtualBytes } = disk.value
      if (virtualBytes === desired.vm.diskBytes) return 'keep'
      return virtualBytes < desired.vm.diskBytes ? 'grow' : 'recreate'
    }
  }
}

export function diskCause({ desired }: Target, { disk }: Observed): Cause {
  const to = formatBytes(desired.vm.diskBytes)
  switch (disk.state) {
    case 'present':
      return { path: 'vm.disk', from: formatBytes(disk.value.virtualBytes), to }
    case 'unknown':
      return { path: 'vm.disk', from: disk.reason, to }
    case 'absent':
      return { path: 'vm.disk', from: undefined, to }
  }
}

/** The file was replaced manually; it is left unchanged, since either file may be the right one. */
function otherDisk({ diskUuid }: Target, { disk }: Observed): Note[] {
  const uuid = observedValue(disk)?.uuid
  if (diskUuid === undefined || uuid === undefined || uuid === diskUuid) return []
  return [
    {
      level: 'warning',
      about: 'vm.disk',
      message: `the data disk was swapped since the last apply: its file system is ${uuid}, it was ${diskUuid}`,
      hint: 'stop the VM and restore the previous file, or run `desktop apply` to accept this one',
      drift: true,
    },
  ]
}

export const disk: Resource = (target, observed) => {
  const cause = diskCause(target, observed)
  const causes = [cause]
  const subject = 'data disk'
  const action = diskAction(target, observed)
  switch (action) {
    case 'keep':
      return { ...inSync, notes: otherDisk(target, observed) }
    case 'create':
      return change([operation({ kind: 'disk/create', subject, causes, after: ['packages/install'] })])
    case 'grow':
      return change([
        operation({
          kind: 'disk/grow',
          subject,
          causes,
          after: ['packages/install', 'supervisor/start', 'supervisor/replace', 'vm/stop', 'vm/resume'],
        }),
      ])
    case 'recreate':
      return change([
        operation({
          kind: 'disk/recreate',
          subject,
          effect: 'recreate',
          causes,
          consent: 'recreate:disk',
          after: ['packages/install', 'vm/stop'],
        }),
      ])
    case 'refuse':
      return change(
        [],
        [
          {
            level: 'error',
            about: 'vm.disk',
            message: `the data disk cannot be read: ${cause.from}`,
            hint: 'it was not changed; repair it with `qemu-img check`, or rename it to start with a new one',
          },
        ],
      )
  }
}
