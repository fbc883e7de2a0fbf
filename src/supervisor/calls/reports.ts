/** Read-only calls: current facts, and the forwarder's counters and lists. */
import { bootId } from '../../host/identity.ts'
import { sshAgentState } from '../../host/ssh-agent.ts'
import { toolVersion } from '../../version.ts'
import { apiVersion, type Control } from '../api/api.ts'
import type { Parts } from '../parts.ts'

type Report = 'facts' | 'flows' | 'egressRules' | 'egressDenials' | 'egressSends' | 'dnsQueries' | 'metrics'

export function reports(parts: Parts, startedAt: string): Pick<Control, Report> {
  const { network, channel, engine, names, requests, vm, fileEvents } = parts
  return {
    facts: async ({ engine: age } = {}) => {
      const [machine, info] = await Promise.all([
        vm.held.state(),
        engine.stateOf(vm.held, channel.engineSocket, age === 'recent'),
      ])
      const { dns, publish, peers = [] } = requests.state
      const { view } = names
      const sshAgent = await sshAgentState(channel.sshAgent)
      return {
        apiVersion,
        toolVersion,
        pid: process.pid,
        startedAt,
        bootId: bootId(),
        rssBytes: process.memoryUsage.rss(),
        vm: fileEvents.describe(machine),
        network: network.settings,
        dns,
        egress: network.egress,
        ports: [...channel.ports(), ...network.ports()],
        publish,
        ...(view === undefined ? {} : { names: view }),
        ...(sshAgent === undefined ? {} : { sshAgent }),
        ...(peers.length === 0 ? {} : { peers, linkedPeers: network.linkedPeers }),
        engineSocket: channel.engineSocket,
        engine: info,
      }
    },
    flows: async ({ heardWithinMs } = {}) => [...channel.flows(), ...network.flows(heardWithinMs)],
    egressRules: async () => network.egressRules(),
    egressDenials: async () => network.egressDenials(),
    egressSends: async () => network.egressSends(),
    dnsQueries: async () => network.dnsQueries(),
    metrics: async () => network.metrics(),
  }
}
