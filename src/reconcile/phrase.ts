/** Texts of all operation kinds. */
import type { EffectClass, Operation, OperationKind } from './plan.ts'

const verbs: Readonly<Record<OperationKind, string>> = {
  'packages/install': 'install on this host',
  'supervisor/start': 'start the',
  'supervisor/replace': 'replace the',
  'image/build': 'build the',
  'disk/create': 'create the',
  'disk/grow': 'grow the',
  'disk/recreate': 'delete and recreate the',
  'network/set': 'set the network to',
  'dns/set': 'set DNS',
  'egress/set': 'set egress:',
  'peers/set': 'join the switch of',
  'machine/remove': 'remove the machine',
  'swarm/init': 'form a swarm as',
  'swarm/join': 'join the swarm as',
  'swarm/promote': 'promote to',
  'swarm/demote': 'demote to',
  'swarm/labels': 'set node labels',
  'swarm/drain': 'drain the',
  'swarm/ready': 'schedule tasks on the',
  'swarm/leave': 'leave the',
  'swarm/remove': 'remove from the swarm',
  'ports/listen': 'open',
  'ports/close': 'close',
  'publish/set': 'set',
  'names/set': 'set',
  'ssh-agent/forward': 'forward the SSH agent',
  'ssh-agent/stop': 'stop forwarding',
  'socket/set': 'serve docker.sock at',
  'context/set': 'set docker context',
  'context/remove': 'remove docker context',
  'vm/stop': 'stop the VM',
  'vm/start': 'start the VM',
  'vm/resume': 'resume the VM',
  'engine/ready': 'wait for the',
  'engine/restart': 'restart the',
  'daemon/reload': 'reload the engine with',
  'daemon/restart': 'restart the engine with',
  'sysctl/set': 'set sysctl',
  'swap/set': 'set the swap space to',
  'platforms/set': 'emulate the CPUs',
  'shares/mount': 'mount the share',
  'guest/write': 'write in the guest',
  'guest/network': 'repair',
  'guest/clock': 'set',
}

export const phrase = ({ kind, subject, machine }: Pick<Operation, 'kind' | 'subject' | 'machine'>): string =>
  `${machine === undefined ? '' : `${machine}: `}${verbs[kind]} ${subject}`

/** Effect classes as shown to users. */
export const effectMeaning: Readonly<Record<EffectClass, string>> = {
  live: 'nothing is interrupted',
  reload: 'the engine reloads its configuration; containers keep running',
  'restart-engine': 'the engine restarts',
  'restart-vm': 'the VM restarts',
  recreate: 'data is lost',
}
