/** Waiting for a service: verification, patience, and the reason at the end. */
import { expect, test } from 'vitest'
import { awaitService } from '../../../../src/apply/cluster/stack/await-service.ts'
import type { Convergence } from '../../../../src/apply/cluster/stack/convergence.ts'

const waiting = (text: string, trouble?: string, error = trouble, updateMs = 0): Convergence => ({
  kind: 'waiting',
  text,
  trouble,
  error,
  updateMs,
})
const runs: Convergence = { kind: 'running', verifyMs: 0 }

/** The last state is kept. */
function service(states: readonly Convergence[]) {
  const said: string[] = []
  let at = -1
  return {
    said,
    looks: () => at + 1,
    service: {
      name: 'lab_web',
      machine: 'm.1',
      look: async (): Promise<Convergence> => {
        at += 1
        return states[Math.min(at, states.length - 1)] ?? runs
      },
      onProgress: ({ message }: { message: string }) => {
        said.push(message)
      },
    },
  }
}
const quick = { pollMs: 1, troubleMs: 40, serviceMs: 5_000 }

test('each change of the state is reported once', async () => {
  const { service: one, said } = service([waiting('a'), waiting('a'), waiting('b'), runs])
  await awaitService(one, quick)
  expect(said).toEqual(['a', 'b'])
})

test('tasks must stay running while they are verified', async () => {
  const verify: Convergence = { kind: 'running', verifyMs: 10_000 }
  const { service: one, looks } = service([verify, waiting('again'), runs])
  await awaitService(one, quick)
  expect(looks()).toBe(3)
})

test('an update may take as long as its delays and monitoring', async () => {
  const updating = Array.from({ length: 20 }, () => waiting('a', undefined, undefined, 5_000))
  await awaitService(service([...updating, runs]).service, { ...quick, serviceMs: 5 })
})

test('trouble that passes does not fail the service', async () => {
  const states = Array.from({ length: 5 }, (_, index) => waiting('a', index % 2 === 0 ? 'failed' : undefined))
  await awaitService(service([...states, runs]).service, { ...quick, troubleMs: 5_000 })
})

test.each([
  [
    [waiting('lab_web: 0 of 1 tasks run', 'No such image')],
    quick,
    'lab_web: 0 of 1 tasks run: No such image',
  ],
  [[waiting('a')], { ...quick, serviceMs: 20 }, 'lab_web has not converged after 0.02 s'],
  [[{ kind: 'failed', message: 'rolled back' } as const], quick, 'rolled back'],
  [
    [waiting('a', 'exit 3'), waiting('rolling back'), { kind: 'failed', message: 'rolled back' } as const],
    quick,
    'rolled back: exit 3',
  ],
  [
    [
      {
        kind: 'waiting',
        text: 'a',
        trouble: 'its tasks are not scheduled',
        error: undefined,
        updateMs: 0,
      } as const,
      waiting('a', 'exit 3'),
      waiting('a', 'exit 4'),
      waiting('b'),
      { kind: 'failed', message: 'rolled back' } as const,
    ],
    quick,
    'rolled back: exit 4',
  ],
])(
  'a service that does not converge fails with the reason and a command',
  async (states, options, message) => {
    await expect(awaitService(service(states).service, options)).rejects.toMatchObject({
      code: 'swarm/service-failed',
      message,
      hint: 'see `desktop docker m.1 -- service ps --no-trunc lab_web`',
    })
  },
)
