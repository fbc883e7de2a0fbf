/** The configuration of the guest tests, and the host servers that it uses. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { freePorts } from '../../support/free-ports.ts'
import { writeDockerArchive } from '../docker-archive.ts'
import {
  type Authority,
  type HttpProxy,
  makeAuthority,
  type Registry,
  startProxy,
  startRegistry,
} from '../registry.ts'
import { docker, machine, shareVm } from '../shared-vm.ts'

export const hostName = 'host.docker.internal'
export const login = 'builder:s3cr3t-of-the-proxy'

let authority: Authority
export let plain: Registry
export let secure: Registry
export let proxy: HttpProxy

interface Parts {
  swap?: string
  engine?: string
  motd?: string
}

export const write = ({
  swap = '64MiB',
  engine = '',
  motd = 'welcome to the guest',
}: Parts = {}): Promise<void> =>
  machine.write(`
vm: { cpus: 2, memory: 1GiB, disk: 4GiB, swap: ${swap} }
shares:
  - { source: ./work, target: /work, writable: true }
  - { source: ./data, target: /srv/data }
engine:
  insecureRegistries: ["${hostName}:${plain.port}", "far.test:${plain.port}"]
  registryMirrors: ["http://${hostName}:${plain.port}"]
  ${engine}
guest:
  services:
    - { name: beacon, image: ./beacon.tar, readonly: true, binds: [/etc/motd:/etc/motd] }
    - name: broken
      image: desktop/tools
      command: [sh, -c, "echo cannot find my socket; exit 7"]
  files:
    - { path: etc/motd, contents: "${motd}\\n", mode: "0644" }
    - { path: etc/key, source: ./key }
`)
/** Registers the VM, and the host's registries and proxy. */
export function beginGuest(): void {
  shareVm(async () => {
    const at = (name: string): string => join(machine.dir, name)
    const [plainPort = 0, securePort = 0, proxyPort = 0] = await freePorts(3)
    authority = await makeAuthority(at('ca'), hostName)
    plain = await startRegistry({ port: plainPort, dir: at('plain') })
    secure = await startRegistry({ port: securePort, dir: at('secure'), tls: authority })
    proxy = await startProxy(proxyPort, login)
    for (const name of ['work', 'data']) await mkdir(at(name))
    await writeFile(join(at('work'), 'note'), 'from the host\n')
    await writeFile(join(at('data'), 'fixed'), 'read only\n')
    await writeFile(at('key'), Buffer.from([0, 1, 255]))
    await writeDockerArchive(at('beacon.tar'), {
      layer: docker.rootfs,
      command: ['sh', '-c', 'echo serving; exec httpd -f -p 8099 -h /etc'],
    })
    await write()
  })
  afterAll(async () => {
    await plain?.[Symbol.asyncDispose]()
    await secure?.[Symbol.asyncDispose]()
    await proxy?.[Symbol.asyncDispose]()
  })
}
