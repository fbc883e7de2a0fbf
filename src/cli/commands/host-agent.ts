/**
 * `desktop host-agent`: carries out requests of desktop on another host, which starts it through ssh. Requests and
 * replies are JSON lines on stdin and stdout. At the end of stdin it exits like a command that is killed: running
 * programs end, unfinished steps stop, and then the kernel releases the locks.
 */
import { Agent } from '../../apply/remote/agent.ts'
import { type AgentLine, type Failure, isRequestName, type RequestLine } from '../../apply/remote/protocol.ts'
import { errorValue, PartialFailure } from '../../apply/run/execute.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { jsonLines } from '../../host/json-lines.ts'
import type { OnProgress } from '../../progress.ts'
import { statusThere } from './status.ts'

const silenceMs = 30_000
/** The other host ends the session if it hears nothing. */
const pulseMs = 5_000

export async function run(): Promise<never> {
  const agent = new Agent(statusThere)
  const send = (line: AgentLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
  const answer = async ({ id, call, argument }: RequestLine): Promise<void> => {
    const onProgress: OnProgress = (progress) => send({ type: 'progress', id, progress: { ...progress } })
    try {
      if (!isRequestName(call)) throw new Error(`there is no request ${call}`)
      const handle = agent.handlers[call] as (argument: unknown, onProgress: OnProgress) => Promise<unknown>
      send({ type: 'value', id, value: await handle(argument, onProgress) })
    } catch (error) {
      send({ type: 'failure', id, ...failureOf(error) })
    }
  }
  const read = jsonLines((line) => void answer(line as RequestLine))
  process.stdin.setEncoding('utf8').on('data', read)
  // The other end sends blank lines; sshd never hears of a cut link.
  const silent = setTimeout(() => process.stdin.destroy(), silenceMs)
  process.stdin.on('data', () => silent.refresh())
  // A lost connection ends the session in the same way.
  process.stdout.once('error', () => process.stdin.destroy())
  setInterval(() => void process.stdout.write('\n'), pulseMs)
  await new Promise<void>((resolve) => process.stdin.once('close', resolve).once('end', resolve))
  agent[Symbol.dispose]()
  process.exit(exitCodes.done)
}

function failureOf(error: unknown): { failure: Failure; parts?: Record<string, Failure> } {
  if (!(error instanceof PartialFailure)) return { failure: errorValue(error) }
  const parts = [...error.failures].map(([id, one]) => [id, errorValue(one)] as const)
  return { failure: errorValue(error), parts: Object.fromEntries(parts) }
}
