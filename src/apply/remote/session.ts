/** A running desktop on another host, which carries out requests for its machines. Ends with the command here. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import * as v from 'valibot'
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { jsonLines } from '../../host/json-lines.ts'
import { pathThere, startThere, unreachable } from '../../host/ssh/ssh.ts'
import { targetText } from '../../host/ssh/target.ts'
import type { OnProgress } from '../../progress.ts'
import { apiVersion } from '../../supervisor/api/api.ts'
import { toolVersion } from '../../version.ts'
import { deadlineMs } from './deadlines.ts'
import { invalidReply, progressOf, thrownOf } from './messages.ts'
import {
  agentLine,
  type Replies,
  type RequestLine,
  type RequestName,
  type Requests,
  replies,
} from './protocol.ts'

/** Constant: nothing of the user is part of it. Shells other than sh need not understand it. */
const agentCommand = `exec sh -c '${pathThere}; exec desktop host-agent'`
/** Longer than any reply; a plan of 50 machines has 2 MB. */
const maxLineChars = 16 * 2 ** 20
/** sh: the program was not found. */
const notFound = 127

const pulseMs = 5_000
/** The agent there sends blank lines while it works. */
const silenceMs = 30_000

const quietHint = "a command run by ssh must print nothing else; check the shell's startup files there"

interface Pending {
  name: RequestName
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
  onProgress: OnProgress
  deadline: NodeJS.Timeout | undefined
}

export interface HostSession extends AsyncDisposable {
  host: MachineHost
  /** Identity of the other host, whatever its name. */
  readonly hostId: string
  /** Throws the error of the other host, or `hosts/unreachable` if the connection ends. */
  call<Name extends RequestName>(
    name: Name,
    argument: Requests[Name],
    onProgress?: OnProgress,
  ): Promise<Replies[Name]>
}

/** Throws `hosts/unreachable` or `hosts/version`. */
export async function openSession(host: MachineHost): Promise<HostSession> {
  const session = new Session(host, await startThere(host.ssh, agentCommand))
  try {
    const there = await session.call('hello', {})
    session.hostId = there.hostId
    if (there.toolVersion === toolVersion && there.apiVersion === apiVersion) return session
    throw versionError(host, `has desktop ${there.toolVersion}; this is ${toolVersion}`)
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}

const versionError = ({ name, ssh }: MachineHost, message: string): DesktopError =>
  new DesktopError('hosts/version', `${name} (${targetText(ssh)}) ${message}`, {
    hint: `install this version there: desktop hosts install ${name}`,
  })

class Session implements HostSession {
  readonly host: MachineHost
  hostId = ''
  readonly #child: ChildProcessWithoutNullStreams
  readonly #pending = new Map<number, Pending>()
  readonly #exited: Promise<void>
  readonly #pulse: NodeJS.Timeout
  readonly #silent: NodeJS.Timeout
  #next = 1
  #over: DesktopError | undefined
  #said = ''

  constructor(host: MachineHost, child: ChildProcessWithoutNullStreams) {
    this.host = host
    this.#child = child
    const read = jsonLines((value) => this.#take(value), {
      maxChars: () => maxLineChars,
      onGarbage: (text) => this.fail(this.#invalid(`sent ${JSON.stringify(text.slice(0, 80))}`, quietHint)),
      onOverlong: () => this.fail(this.#invalid('sent a line that is too long')),
    })
    this.#silent = setTimeout(() => this.fail(this.#late('no sign of life', silenceMs)), silenceMs)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#silent.refresh()
      read(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said = `${this.#said}${text}`.slice(-2_000)
    })
    child.stdin.on('error', () => {})
    // sshd there never hears of a cut link; without these the agent ends and releases its locks.
    this.#pulse = setInterval(() => void child.stdin.write('\n'), pulseMs)
    // Not `close`: a master connection started by this ssh may keep its streams open.
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.fail(unreachable(host.ssh, `ssh: ${error.message}`))
        resolve()
      })
      child.once('exit', (code) => {
        // Its last words arrive after the exit.
        setImmediate(() => this.fail(code === notFound ? versionError(host, 'has no desktop') : this.#lost()))
        resolve()
      })
    })
  }

  call<Name extends RequestName>(
    name: Name,
    argument: Requests[Name],
    onProgress: OnProgress = () => {},
  ): Promise<Replies[Name]> {
    if (this.#over !== undefined) return Promise.reject(this.#over)
    const id = this.#next
    this.#next += 1
    const limit = deadlineMs[name]
    const deadline =
      limit === undefined
        ? undefined
        : setTimeout(() => this.fail(this.#late(`no reply to ${name}`, limit)), limit)
    return new Promise<Replies[Name]>((resolve, reject) => {
      const settle = { resolve: resolve as (value: unknown) => void, reject }
      this.#pending.set(id, { name, ...settle, onProgress, deadline })
      const line: RequestLine = { id, call: name, argument }
      this.#child.stdin.write(`${JSON.stringify(line)}\n`)
    })
  }

  #take(value: unknown): void {
    const parsed = v.safeParse(agentLine, value)
    if (!parsed.success) {
      this.fail(this.#invalid(parsed.issues[0].message))
      return
    }
    const line = parsed.output
    const pending = this.#pending.get(line.id)
    if (pending === undefined) return
    if (line.type === 'progress') {
      const { step, message, ...rest } = line.progress
      pending.onProgress({ step, message, ...progressOf(rest) })
      return
    }
    this.#pending.delete(line.id)
    clearTimeout(pending.deadline)
    if (line.type === 'failure') {
      pending.reject(thrownOf(line, this.host.name))
      return
    }
    const reply = v.safeParse(replies[pending.name], line.value)
    if (reply.success) pending.resolve(reply.output)
    else {
      const [issue] = reply.issues
      const error = this.#invalid(`${pending.name}: ${v.getDotPath(issue) ?? 'reply'}: ${issue.message}`)
      pending.reject(error)
      this.fail(error)
    }
  }

  /** Rejects all requests, and ends the connection. */
  fail(error: DesktopError): void {
    clearInterval(this.#pulse)
    clearTimeout(this.#silent)
    this.#over ??= error
    for (const { reject, deadline } of this.#pending.values()) {
      clearTimeout(deadline)
      reject(this.#over)
    }
    this.#pending.clear()
    this.#child.kill()
  }

  #late = (what: string, ms: number): DesktopError =>
    unreachable(this.host.ssh, `${what} within ${ms / 1_000} s`)
  #lost = (): DesktopError => unreachable(this.host.ssh, this.#said || 'the connection ended')
  #invalid = (what: string, hint?: string): DesktopError => invalidReply(this.host, what, hint)

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over ??= unreachable(this.host.ssh, 'the connection is closed')
    clearInterval(this.#pulse)
    clearTimeout(this.#silent)
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000)
    await this.#exited
    clearTimeout(timer)
    this.#child.stdout.destroy()
    this.#child.stderr.destroy()
  }
}
