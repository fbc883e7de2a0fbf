/** Connections to one QEMU: QMP, guest agent, console and network cards, and their events. */
import type { Socket } from 'node:net'
import type { ProcessIdentity } from '../../host/identity.ts'
import { GuestAgent } from '../agent/agent.ts'
import { Console } from '../console.ts'
import type { VmSpec } from '../spec.ts'
import { dialQemu } from './dial-qemu.ts'
import { Qmp, type QmpEvent } from './qmp.ts'

/** QMP's RunState. */
export async function runStatus(qmp: Qmp): Promise<string> {
  const { status } = (await qmp.execute('query-status', {}, 2_000)) as { status: string }
  return status
}

export interface Connections {
  qmp: Qmp
  agent: GuestAgent
  console: Console
  link: Socket
  channel: Socket | undefined
  agentOpen: boolean
  onAgent: (open: boolean) => void
  stalled: boolean
  onStalled: (stalled: boolean) => void
  stopped: boolean
  /** The CPUs were stopped, for any reason. */
  onStopped: () => void
  /** The guest rebooted, in the same QEMU. */
  onReset: () => void
}

export async function openConnections(
  spec: VmSpec,
  qemu: ProcessIdentity,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<Connections> {
  const options = signal === undefined ? { deadlineMs } : { deadlineMs, signal }
  // Otherwise a malicious QEMU would leak four file descriptors per attempt.
  using opened = new DisposableStack()
  const dial = async (path: string): Promise<Socket> =>
    opened.adopt(await dialQemu(path, qemu, options), (socket) => void socket.destroy())
  const control = await dial(spec.sockets.qmp)
  const parts: Partial<Connections> &
    Pick<
      Connections,
      'agentOpen' | 'onAgent' | 'stalled' | 'onStalled' | 'stopped' | 'onStopped' | 'onReset'
    > = {
    agentOpen: false,
    onAgent: () => {},
    stalled: false,
    onStalled: () => {},
    stopped: false,
    onStopped: () => {},
    onReset: () => {},
  }
  const onEvent = ({ event, data }: QmpEvent): void => {
    if (event === 'STOP' || event === 'RESUME') {
      parts.stopped = event === 'STOP'
      if (parts.stopped) parts.onStopped()
    }
    if (event === 'RESET') parts.onReset()
    if (event === 'RESUME' || (event === 'BLOCK_IO_ERROR' && data.nospace === true)) {
      parts.stalled = event !== 'RESUME'
      parts.onStalled(parts.stalled)
    }
    if (event !== 'VSERPORT_CHANGE' || typeof data.open !== 'boolean') return
    parts.agentOpen = data.open
    parts.onAgent(data.open)
  }
  const qmp = await Qmp.open(control, onEvent, deadlineMs)
  const { channel: channelPath } = spec.sockets
  // Sequential, so that no connection is opened after another has failed.
  const agent = await dial(spec.sockets.agent)
  const console_ = await dial(spec.sockets.console)
  const link = await dial(spec.sockets.link)
  const channel = channelPath === undefined ? undefined : await dial(channelPath)
  const status = await runStatus(qmp)
  parts.stalled ||= status === 'io-error'
  parts.stopped ||= status === 'internal-error'
  const ports = (await qmp.execute('query-chardev')) as { label: string; 'frontend-open': boolean }[]
  parts.agentOpen ||= ports.some((port) => port.label === 'agent' && port['frontend-open'])
  opened.move()
  return Object.assign(parts, {
    qmp,
    agent: new GuestAgent(agent),
    console: new Console(console_),
    link,
    channel,
  })
}
