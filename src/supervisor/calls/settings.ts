/** Calls that change network settings, all live. Each change is executed, then recorded. */
import { dirname } from 'node:path'
import { privateDirectory } from '../../host/directories.ts'
import type { Control } from '../api/api.ts'
import { publishRules } from '../engine.ts'
import { linkEngineSocket } from '../machine/engine-socket.ts'
import type { Parts } from '../parts.ts'

type Settings =
  | 'setNetwork'
  | 'setDns'
  | 'setEgress'
  | 'setPorts'
  | 'setPublish'
  | 'setNames'
  | 'setPeers'
  | 'setEngineSocket'
  | 'setSshAgent'

export function settingsCalls(parts: Parts, runtimeDir: string): Pick<Control, Settings> {
  const { network, published, channel, names, requests } = parts
  return {
    setNetwork: (settings) =>
      requests.change({ network: settings }, async () => {
        const state = { ...requests.state, network: settings }
        await network.restore(state)
        await published.setRules(publishRules(state))
        await published.reopen()
      }),
    setDns: (dns) => requests.change({ dns }, async () => network.setDns(dns)),
    setEgress: (egress) => requests.change({ egress }, async () => network.setEgress(egress)),
    setPorts: (ports) => requests.change({ ports }, () => network.setPorts('config', ports)),
    setPublish: (publish) => {
      const rules = publishRules({ ...requests.state, publish })
      const set = async (): Promise<void> => {
        await published.setRules(rules)
        await network.retryPorts()
      }
      return requests.change({ publish }, set, () => parts.refollow())
    },
    setNames: (settings) =>
      requests.change({ names: settings }, async () => {
        network.setNames(settings)
        await names.set(settings)
      }),
    setPeers: (peers) => requests.change({ peers }, async () => network.setPeers(peers)),
    setEngineSocket: (engineSocket) => {
      const serve = async (): Promise<void> => {
        // A logout may have emptied the runtime directory since the last Presence check.
        if (dirname(engineSocket) === runtimeDir) await privateDirectory(runtimeDir)
        await channel.setEngineSocket(engineSocket)
        await linkEngineSocket(parts.vm.held, engineSocket, parts.log)
      }
      return requests.change({ engineSocket }, serve, () => parts.refollow())
    },
    setSshAgent: ({ path }) =>
      requests.change({ sshAgent: path }, async () => {
        channel.sshAgent = path
      }),
  }
}
