/** Container names as seen by a browser and through a tunnel. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestEnvironment } from './environment.ts'

/**
 * The response of e.g. `http://web.e2e.localhost:8080/`; undefined if there is none. HTTPS trusts only the
 * local authority.
 */
export async function namedGet(machine: TestEnvironment, url: string): Promise<string | undefined> {
  const { hostname, port, protocol, host } = new URL(url)
  const ca = await readFile(join(machine.dir, 'state/desktop/authority/authority.crt'), 'utf8').catch(
    () => '',
  )
  const to = { host: '127.0.0.1', port, headers: { host }, servername: hostname, ca }
  return await new Promise((resolve) => {
    ;(protocol === 'http:' ? httpRequest : httpsRequest)(to, async (response) => {
      const body = await text(response)
      resolve(response.statusCode === 200 ? body : undefined)
    })
      .once('error', () => resolve(undefined))
      .end()
  })
}

/** The response to a GET through `desktop tunnel` to a container's port. */
export async function throughTunnel(
  machine: TestEnvironment,
  name: string,
  port: number,
  at: number,
): Promise<string> {
  const tunnel = spawn(join(import.meta.dirname, '../../bin/desktop'), ['tunnel', '--port', String(at)], {
    cwd: machine.dir,
    env: { ...process.env, ...machine.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(tunnel.stdout, 'data')
    const client = connect(at, '127.0.0.1')
    const host = Buffer.from(name)
    client.write(Uint8Array.of(5, 1, 0, 5, 1, 0, 3, host.length, ...host, port >> 8, port & 0xff))
    client.write('GET / HTTP/1.0\r\n\r\n')
    return await text(client)
  } finally {
    const ended = once(tunnel, 'exit')
    tunnel.kill('SIGINT')
    await ended
  }
}
