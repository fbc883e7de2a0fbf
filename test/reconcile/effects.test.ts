/** The effect table against plans: changing a key has the effect in its row. */
import { expect, test } from 'vitest'
import type { Environment } from '../../src/apply/environment/environment.ts'
import { targetOf as realTarget } from '../../src/apply/plan/target.ts'
import type { Accelerator, Desired, JsonValue } from '../../src/config/desired.ts'
import { type Effect, effects } from '../../src/config/effects.ts'
import { daemonKeys } from '../../src/config/generated/daemon-keys.ts'
import { evaluate } from '../../src/config/load.ts'
import { sha256 } from '../../src/guest/debian/lock.ts'
import { resolveExtension } from '../../src/guest/extension.ts'
import { renderGuest } from '../../src/guest/render.ts'
import { baseDirs, environmentPaths } from '../../src/host/paths.ts'
import { hostProgram } from '../../src/host/program.ts'
import { present } from '../../src/observation.ts'
import { type Plan, worstEffect } from '../../src/reconcile/plan.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import type { Target } from '../../src/reconcile/target.ts'
import { parsed } from '../support/config/arbitrary.ts'
import { daemonSamples } from '../support/config/daemon-samples.ts'
import { fileWith, otherValues } from '../support/config/other-values.ts'
import { inSyncWith } from '../support/reconcile/reality.ts'

const image = {
  kernel: 'k',
  kernelDigest: 'sha256:k',
  initrd: 'i',
  root: 'r',
  cmdline: 'quiet',
  components: [],
  content: 'sha256:0',
}

const qemu = '/usr/bin/qemu-system-x86_64'
const loaded = [
  '/debian/ld.so',
  '--library-path',
  '/debian/lib',
  '/debian/qemu',
  '-L',
  '/debian/share',
] as const

/** As a host has it on which everything is installed; `vm.aslr` changes nothing where KVM works. */
async function targetOf(desired: Desired, accelerator: Accelerator = 'kvm'): Promise<Target> {
  const paths = environmentPaths(desired.name, baseDirs({ HOME: '/home/me' }))
  const dockerSocket = desired.engine.socket ?? paths.sockets.docker
  const environment = { desired, paths, dockerSocket } as Environment
  const rendered = await renderGuest(desired, await resolveExtension(desired.guest))
  // As a builder would have it: other texts, other image.
  const digest = `sha256:${sha256(rendered.linuxkitYaml)}`
  return realTarget(environment, {
    rendered,
    tcgThread: 'single',
    virtiofsd: { command: ['/usr/libexec/virtiofsd'], savesOpenFiles: false },
    qemu: desired.vm.qemu === 'host' ? hostProgram(qemu) : { command: loaded, file: qemu, folder: '/debian' },
    accelerator: present({ accelerator }),
    imageDigest: digest,
    image: { ...image, digest },
    lock: undefined,
  })
}

/** The plan that leads from a running environment of one file to another file. */
async function planFrom(before: string, after: string, accelerator: Accelerator = 'kvm'): Promise<Plan> {
  const world = inSyncWith(await targetOf(parsed(before), accelerator))
  const host = { ...world.host, accelerator: present({ accelerator }) }
  return reconcile(await targetOf(parsed(after), accelerator), { ...world, host })
}

const empty = 'apiVersion: desktop/v1\nname: shop\n'
const withKey = (path: string, value: unknown): string =>
  fileWith(path, value).replace(/^(apiVersion.*\n)/, path === 'name' ? '$1' : '$1name: shop\n')

/** `engine.config` has a class for each of its keys: below. */
const ofTheirOwn: Readonly<Record<string, unknown>> = { 'engine.config': { 'log-driver': 'local' } }

/** What no plan changes: it is read by commands, or names another environment. */
const unplanned = Object.keys(effects).filter((path) => effects[path]?.rendered === 'none' || path === 'name')

/** `vms` makes other environments; the keys in it are those of `vm`. Stacks are in the plan of all of them. */
const ofCluster: readonly string[] = ['vms', 'swarm.stack']
const planned = Object.entries(effects).filter(
  ([path]) => !ofCluster.includes(path) && !unplanned.includes(path),
)

test.each(planned)(
  '%s: a plan that sets it costs what the table says, names the key, and finds its line',
  async (path, row) => {
    const after = withKey(path, ofTheirOwn[path] ?? otherValues[path])
    const plan = await planFrom(empty, after, path === 'vm.aslr' ? 'tcg' : 'kvm')
    expect(worstEffect(plan)).toBe(row.effect)
    const causes = plan.operations.flatMap((operation) => operation.causes.map((cause) => cause.path))
    expect(causes.filter((cause) => about(cause, path))).not.toEqual([])
    const { origins } = evaluate(
      [{ shown: 'desktop.yaml', path: '/shop/desktop.yaml' }],
      { env: {} },
      () => after,
    )
    expect(causes.map((cause) => origins.of(cause)?.line).filter((line) => line !== undefined)).not.toEqual(
      [],
    )
  },
)

test.each(planned)(
  '%s: a plan that takes it out of the file costs no more than the table says',
  async (path, row) => {
    const before = withKey(path, ofTheirOwn[path] ?? otherValues[path])
    const plan = await planFrom(before, empty, path === 'vm.aslr' ? 'tcg' : 'kvm')
    // A disk does not shrink; a kernel parameter keeps its value until the next boot.
    const back: Readonly<Record<string, Effect | undefined>> = {
      'vm.disk': 'recreate',
      'guest.sysctl': undefined,
    }
    expect(worstEffect(plan)).toBe(path in back ? back[path] : row.effect)
  },
)

test.each(unplanned.filter((path) => otherValues[path] !== undefined && path !== 'name'))(
  '%s: nothing is done to the environment for it',
  async (path) => {
    // Hosts are for machines.
    const before = path === 'hosts' ? withKey('vms', otherValues.vms) : empty
    expect((await planFrom(before, withKey(path, otherValues[path]))).operations).toEqual([])
  },
)

test('name: another name is another environment, with separate state', () => {
  const dirs = baseDirs({ HOME: '/home/me' })
  expect(environmentPaths('a', dirs).stateDir).not.toBe(environmentPaths('b', dirs).stateDir)
})

test.each(Object.entries(daemonSamples))(
  'engine.config.%s: a plan that sets it has the class of the key',
  async (key, config: Readonly<Record<string, JsonValue>>) => {
    const plan = await planFrom(empty, withKey('engine.config', config))
    const ofAll = Object.keys(config).map((name) => daemonKeys[name]?.effect)
    expect(worstEffect(plan)).toBe(ofAll.includes('restart-engine') ? 'restart-engine' : 'reload')
    expect(
      plan.operations.flatMap(({ causes }) => causes).some(({ path }) => about(path, `engine.config.${key}`)),
    ).toBe(true)
  },
)

/** Keys that are put into daemon.json, and such as are a part of a wider cause, are named by that. */
const namedAs: Readonly<Record<string, string>> = {
  'engine.registryMirrors': 'engine.config.registry-mirrors',
  'engine.insecureRegistries': 'engine.config.insecure-registries',
  'engine.addressPools': 'engine.config.default-address-pools',
  'engine.proxies.http': 'engine.config.proxies',
  'engine.proxies.https': 'engine.config.proxies',
  'engine.proxies.noProxy': 'engine.config.proxies',
}

function about(cause: string, key: string): boolean {
  const name = namedAs[key] ?? key
  return cause === name || cause.startsWith(`${name}.`)
}
