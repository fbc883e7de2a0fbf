/** A host, supervisor and VM made of values, behind the interfaces that steps act on. Any call can be made to fail. */
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../../../src/apply/environment/environment.ts'
import { readRecord } from '../../../src/apply/environment/record.ts'
import type { Assessment } from '../../../src/apply/plan/assess.ts'
import { planDocument } from '../../../src/apply/plan/document.ts'
import type { Effects } from '../../../src/apply/run/effects.ts'
import type { Desired } from '../../../src/config/desired.ts'
import { noExtension } from '../../../src/guest/extension.ts'
import { baseDirs, environmentPaths } from '../../../src/host/paths.ts'
import type { PortStatus } from '../../../src/net/core/port-status.ts'
import { absent, observedValue, present, unknown } from '../../../src/observation.ts'
import type { Observed } from '../../../src/observe/observed.ts'
import { reconcile } from '../../../src/reconcile/reconcile.ts'
import type { Target } from '../../../src/reconcile/target.ts'
import type { Control, SupervisorFacts } from '../../../src/supervisor/api/api.ts'
import { bareHost, factsOf, inSyncWith, listening } from '../reconcile/reality.ts'
import { targetOf } from '../reconcile/world.ts'

export class FakeWorld {
  observed: Observed = bareHost
  target: Target
  /** Every call that changed something, in order. */
  readonly calls: string[] = []
  /** The n-th call from now fails after it did its work (`late`) or before (`early`). */
  failure: { call: number; when: 'early' | 'late' } | undefined

  constructor(desired: Desired) {
    this.target = targetOf(desired)
  }

  async #call(name: string, work: () => void): Promise<void> {
    this.calls.push(name)
    const fails = this.failure !== undefined && this.failure.call-- === 0
    if (fails && this.failure?.when === 'early') throw new Error(`${name} failed`)
    work()
    if (fails) throw new Error(`${name} failed late`)
  }

  #tell(name: string, change: Partial<SupervisorFacts>): Promise<void> {
    const facts = observedValue(this.observed.supervisor)
    if (facts === undefined) throw new Error(`${name}: no supervisor`)
    return this.#call(name, () => {
      this.observed = { ...this.observed, supervisor: present({ ...facts, ...change }) }
    })
  }

  #set(name: string, change: () => Partial<Observed>): Promise<void> {
    return this.#call(name, () => {
      this.observed = { ...this.observed, ...change() }
    })
  }

  get effects(): Effects {
    const goal = (): Observed => inSyncWith(this.target)
    const fresh = (): SupervisorFacts => ({
      ...factsOf(this.target, observedValue(this.observed.vm)?.vm ?? { state: 'absent' }),
      ports: [],
      network: undefined,
      dns: undefined,
      egress: undefined,
      publish: undefined,
      engineSocket: undefined,
    })
    return {
      installPackages: (names) =>
        this.#set(`install ${names.join(' ')}`, () => ({
          host: { ...this.observed.host, missingPackages: [] },
        })),
      startSupervisor: () => this.#set('start supervisor', () => ({ supervisor: present(fresh()) })),
      replaceSupervisor: () => this.#set('replace supervisor', () => ({ supervisor: present(fresh()) })),
      control: this.#control(),
      buildImage: () => this.#set('build image', () => ({ image: goal().image })),
      createDisk: (bytes) => this.#set('create disk', () => this.#disk(bytes)),
      growDisk: (bytes) => this.#set('grow disk', () => this.#disk(bytes)),
      recreateDisk: (bytes) => this.#set('recreate disk', () => this.#disk(bytes)),
      startVm: () => this.#set('start VM', () => ({ vm: goal().vm, guest: goal().guest })),
      keepLastGoodVm: () => this.#set('keep VM', () => ({})),
      returnToLastGoodVm: async () => false,
      resumeVm: async () => {
        await this.#set('resume VM', () => ({ vm: goal().vm }))
        return { resumed: true }
      },
      vmSpec: async () => undefined,
      emulation: async () => undefined,
      takeDaemonJson: ({ text, trusted }) =>
        this.#set('take daemon.json', () => ({
          guest: present({
            sysctl: {},
            ...observedValue(this.observed.guest),
            daemonJson: present(text),
            trusted: trusted === '' ? absent : present(trusted),
          }),
        })),
      setPlatforms: (platforms) =>
        this.#set('set platforms', () => ({
          guest: present({
            daemonJson: absent,
            sysctl: {},
            ...observedValue(this.observed.guest),
            platforms: present(platforms),
          }),
        })),
      restartEngine: () => this.#set('restart engine', () => ({ engine: goal().engine })),
      keepGoodDaemonJson: (text) =>
        this.#set('keep daemon.json', () => ({ confirmedDaemonJson: present(text) })),
      setContext: (_name, host) => this.#set('set context', () => ({ context: present(host) })),
      removeContext: () => this.#set('remove context', () => ({ context: absent })),
    }
  }

  #disk(virtualBytes: number): Partial<Observed> {
    return { disk: present({ virtualBytes, allocatedBytes: 0 }) }
  }

  #control(): Control {
    const notUsed = (): never => {
      throw new Error('steps do not call this')
    }
    return {
      facts: async () => factsOf(this.target, observedValue(this.observed.vm)?.vm ?? { state: 'absent' }),
      setNetwork: (network) => this.#tell('set network', { network }),
      setDns: (dns) => this.#tell('set dns', { dns }),
      setEgress: (egress) => this.#tell('set egress', { egress }),
      setPeers: (peers) => this.#tell('set peers', { peers }),
      setPublish: (publish) => this.#tell('set publish', { publish }),
      setSshAgent: ({ path }) =>
        this.#tell('set the SSH agent', { sshAgent: path === undefined ? undefined : { path } }),
      setNames: (names) => this.#tell('set names', { names: { ...names, failed: {} } }),
      setEngineSocket: (engineSocket) => this.#tell('set socket', { engineSocket }),
      setPorts: async (ports) => {
        const states: PortStatus[] = ports.map(listening)
        await this.#tell('set ports', { ports: states })
        return states
      },
      startVm: notUsed,
      resumeVm: notUsed,
      suspendVm: notUsed,
      parkVm: notUsed,
      unparkVm: notUsed,
      resizeDisk: notUsed,
      guestTime: notUsed,
      setGuestTime: notUsed,
      flows: notUsed,
      egressRules: notUsed,
      metrics: async () => [],
      dnsQueries: async () => [],
      egressDenials: notUsed,
      egressSends: notUsed,
      stopVm: () => this.#set('stop VM', () => ({ vm: absent, guest: absent, engine: absent })),
      guestExec: async (argv) => {
        const [program, bytes = ''] = argv
        const seen = observedValue(this.observed.guest) ?? { daemonJson: absent, sysctl: {} }
        if (program === '/usr/sbin/set-swap') {
          const swapBytes = present(Number(bytes))
          await this.#set('swap', () => ({ guest: present({ ...seen, swapBytes }) }))
          return { exitCode: 0, stdout: `${bytes}\n`, stderr: '' }
        }
        if (program === '/usr/sbin/mount-shares') {
          const shares = present(this.target.desired.shares.map(({ target }) => target))
          await this.#set('shares', () => ({ guest: present({ ...seen, shares }) }))
          return { exitCode: 0, stdout: '', stderr: '' }
        }
        const settings = argv.slice(2).map((text) => text.split('=') as [string, string])
        const guest = observedValue(this.observed.guest) ?? { daemonJson: absent, sysctl: {} }
        const sysctl = Object.fromEntries(settings.map(([key, value]) => [key, present(value)]))
        await this.#set('sysctl', () => ({
          guest: present({ ...guest, sysctl: { ...guest.sysctl, ...sysctl } }),
        }))
        return { exitCode: 0, stdout: '', stderr: '' }
      },
      guestReadFile: notUsed,
      guestReadFiles: notUsed,
      guestWriteFile: notUsed,
      waitEngine: () => this.#set('wait for engine', () => ({ engine: inSyncWith(this.target).engine })),
      shutdown: notUsed,
      [Symbol.asyncDispose]: async () => {},
    }
  }
}

/** An environment in directories of its own. */
export async function environmentOf(desired: Desired): Promise<Environment> {
  const dir = await mkdtemp(join(tmpdir(), 'desktop-apply-'))
  const file = join(dir, 'desktop.yaml')
  await writeFile(file, `name: ${desired.name}\n`)
  const env = { HOME: dir, XDG_RUNTIME_DIR: dir }
  const paths = environmentPaths(desired.name, baseDirs(env))
  return {
    desired,
    files: [file],
    configHash: 'sha256:c',
    paths,
    record: undefined,
    dockerSocket: paths.sockets.docker,
  }
}

export async function assessmentIn(world: FakeWorld, environment: Environment): Promise<Assessment> {
  const record = await readRecord(environment.paths.record)
  const plan = reconcile(world.target, world.observed)
  return {
    environment: { ...environment, record },
    resources: {
      rendered: {
        builder: 'desktop',
        linuxkitYaml: 'kernel: {}\n',
        daemonJson: world.target.daemonJson.text,
        metadata: {},
        extension: noExtension,
      },
      qemu: undefined,
      tcgThread: 'single',
      virtiofsd: undefined,
      accelerator: unknown('QEMU is not installed'),
      imageDigest: undefined,
      image: undefined,
      lock: undefined,
    },
    target: world.target,
    observed: world.observed,
    plan,
    rules: [],
    violations: [],
    document: planDocument(plan, [], {
      toolVersion: '0.1.0',
      environment: environment.desired.name,
      environmentId: record?.id ?? null,
      bootId: 'boot-1',
      configHash: environment.configHash,
      observedHash: 'sha256:o',
    }),
  }
}
