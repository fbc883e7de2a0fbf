/**
 * Random sequences of events in an environment, with the real command and supervisor: user data is never
 * lost, no process is left over, and an apply always reaches the state in the file.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunResult } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { connectSupervisor } from '../../src/supervisor/api/client.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { type FaultKind, faultKinds } from '../support/host/faults.ts'

interface Model {
  file: string
  /** The disk's content since its creation; undefined if there is no disk. */
  mark: string | undefined
  boots: number
}

type Command = fc.AsyncCommand<Model, TestHost>

const files = [
  '',
  'ports: ["18082:80"]\n',
  'ports: ["18082:81", "18083:80"]\nengine: { context: true }\n',
  'engine: { config: { debug: true, labels: [a=b] } }\n',
  'engine: { config: { shutdown-timeout: 20 } }\n',
  'network: { dns: { hosts: { registry.test: 192.168.65.254 } } }\nguest: { sysctl: { vm.max_map_count: "262144" } }\n',
  'vm: { cpus: 2, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n',
]

/** Invariants after every command. */
async function expectSound(model: Model, host: TestHost): Promise<void> {
  const text = await readFile(join(host.dir, 'desktop.yaml'), 'utf8')
  expect(text.endsWith(model.file)).toBe(true)
  const boots = (await host.boots()).slice(model.boots)
  model.boots += boots.length
  for (const { mark } of boots) {
    expect(mark, 'the data disk is the one of before').toBe(model.mark ?? mark)
    model.mark = mark
  }
  const kinds = (await host.processes()).map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'qemu').length).toBeLessThanOrEqual(1)
  expect(kinds.filter((kind) => kind === 'supervisor').length).toBeLessThanOrEqual(1)
}

function command(name: string, run: (host: TestHost, model: Model) => Promise<unknown>): Command {
  return {
    check: () => true,
    toString: () => name,
    run: async (model, host) => {
      await run(host, model)
      await expectSound(model, host)
    },
  }
}

/**
 * A supervisor whose command was killed during start-up exits by itself; until then its state is
 * indeterminate.
 */
async function settled(host: TestHost): Promise<void> {
  await until(
    async () => {
      const served = await connectSupervisor(host.paths).catch(() => undefined)
      return served !== undefined || !(await host.processes()).some(({ kind }) => kind === 'supervisor')
    },
    { deadlineMs: 20_000 },
  )
}

async function applies(host: TestHost): Promise<void> {
  const apply = await host.desktop('apply')
  expect(apply.code, `${apply.stdout}${apply.stderr}`).toBe(0)
  const plan = await host.desktop('plan', '--exit-code')
  expect(plan.code, plan.stdout).toBe(0)
  expect((await host.processes()).map(({ kind }) => kind).sort()).toEqual(['qemu', 'supervisor'])
}

const always = (name: string, run: Parameters<typeof command>[1]): fc.Arbitrary<Command> =>
  fc.constant(command(name, run))

const commands = [
  always('apply', applies),
  fc.nat({ max: 600 }).map((ms) =>
    command(`apply, killed after ${ms} ms`, async (host) => {
      const child = host.start('apply')
      const timer = setTimeout(() => child.kill('SIGKILL'), ms)
      await new Promise((resolve) => child.once('close', resolve))
      clearTimeout(timer)
    }),
  ),
  fc
    .record({
      process: fc.constantFrom('desktop' as const, 'supervisor' as const),
      at: fc.nat({ max: 60 }),
      kind: fc.constantFrom<FaultKind[]>(...faultKinds),
    })
    .map((fault) =>
      command(`apply, ${fault.kind} at call ${fault.at} of ${fault.process}`, async (host) => {
        await host.desktopWithFault(fault, 'apply')
        // A fault that is still pending would hit a later command.
        if (fault.process === 'supervisor') await host.kill('supervisor')
      }),
    ),
  fc.constantFrom(...files).map((file) =>
    command(`edit ${JSON.stringify(file)}`, async (host, model) => {
      model.file = file
      await host.write(file)
    }),
  ),
  always('kill the supervisor', (host) => host.kill('supervisor')),
  always('kill QEMU', (host) => host.kill('qemu')),
  always('reboot', (host) => host.reboot()),
  always('change the guest and the ports by hand', async (host) => {
    const control = await connectSupervisor(host.paths)
    await control?.guestWriteFile('/run/config/docker/daemon.json', '{"debug":true}').catch(() => {})
    await control?.setPorts([]).catch(() => {})
  }),
  always('drift', async (host) => {
    await settled(host)
    const before = await host.processes()
    const drift = await host.desktop('drift', '--exit-code')
    expect([0, 2], drift.stderr).toContain(drift.code)
    expect(await host.processes()).toEqual(before)
  }),
  always('stop', async (host) => {
    const stop = await host.desktop('stop')
    expectDoneOrNothingThere(stop)
    expect(await host.processes()).toEqual([])
  }),
  always('destroy', async (host, model) => {
    const destroy = await host.desktop('destroy', '--yes')
    expectDoneOrNothingThere(destroy)
    // Machines that a killed apply had not started yet used the old disk.
    await expectSound(model, host)
    model.mark = undefined
  }),
]

/**
 * Before the first apply and after a destroy, there is nothing to stop or remove, and the command reports
 * that.
 */
function expectDoneOrNothingThere({ code, stderr }: RunResult): void {
  if (!stderr.includes('[state/no-environment]')) expect(code, stderr).toBe(0)
}

test('whatever happens in whatever order, nothing is lost and an apply gets there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 12, size: 'max' }), async (sequence) => {
      await using host = await testHost()
      await host.write()
      const setup = (): { model: Model; real: TestHost } => ({
        model: { file: '', mark: undefined, boots: 0 },
        real: host,
      })
      await fc.asyncModelRun(setup, sequence)
      await applies(host)
    }),
    { numRuns: Number(process.env.MACHINE_RUNS ?? 4), endOnFailure: true },
  )
}, 900_000)
