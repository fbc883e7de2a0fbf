import { expect, test } from 'vitest'
import { type HostResources, inputsOf } from '../../../src/apply/plan/target.ts'
import { environmentPaths } from '../../../src/host/paths.ts'
import { hostProgram } from '../../../src/host/program.ts'
import { present, unknown } from '../../../src/observation.ts'
import { aDesired } from '../../support/reconcile/world.ts'

const share = { source: '/src', target: '/src', writable: false, events: true }
const whole = {
  qemu: hostProgram('/usr/bin/qemu-system-x86_64'),
  image: {},
  virtiofsd: { command: ['/usr/libexec/virtiofsd'], savesOpenFiles: false },
  accelerator: present({ accelerator: 'tcg' }),
} as unknown as HostResources

test.each([
  ['QEMU', { qemu: undefined }, 'QEMU is not installed'],
  ['the image', { image: undefined }, 'the guest image is not built'],
  ['virtiofsd', { virtiofsd: undefined }, 'virtiofsd, which serves shares, is not installed'],
  [
    'the accelerator',
    { accelerator: unknown('the probe was ended') },
    'the accelerator is not known: the probe was ended',
  ],
])('without %s the error names it', (_what, without, message) => {
  const environment = { desired: { ...aDesired, shares: [share] }, paths: environmentPaths('dev') }
  expect(inputsOf(environment, { ...whole, ...without })).toEqual({ missing: message })
})
