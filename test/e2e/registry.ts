/** Debian's docker-registry on this host, over HTTP or with a certificate of a private authority. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { $ } from 'zx'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'

export interface Registry extends AsyncDisposable {
  port: number
  /** `NAME` of every repository in it. */
  repositories(): Promise<string[]>
}

interface RegistryOptions {
  port: number
  dir: string
  tls?: Authority
}

export async function startRegistry({ port, dir, tls }: RegistryOptions): Promise<Registry> {
  await mkdir(dir, { recursive: true })
  const http = {
    addr: `127.0.0.1:${port}`,
    ...(tls === undefined ? {} : { tls: { certificate: tls.certificate, key: tls.key } }),
  }
  // JSON is valid YAML.
  const config = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: dir } },
    http,
  }
  const file = join(dir, 'config.yml')
  await writeFile(file, JSON.stringify(config))
  const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' })
  const curl = (path: string) =>
    run(['curl', '-sk', `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${path}`])
  await until(async () => (await curl('/v2/')).code === 0, { deadlineMs: 30_000 })
  return {
    port,
    repositories: async () =>
      (JSON.parse((await curl('/v2/_catalog')).stdout) as { repositories: string[] }).repositories,
    [Symbol.asyncDispose]: () => ended(child),
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

/** PEM files of an authority, and of a certificate that it issued for a name. */
export interface Authority {
  authority: string
  certificate: string
  key: string
}

export async function makeAuthority(dir: string, name: string): Promise<Authority> {
  await mkdir(dir, { recursive: true })
  const at = (file: string): string => join(dir, file)
  const [authority, authorityKey] = [at('authority.pem'), at('authority.key')]
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await $`openssl req -x509 ${newKey} -keyout ${authorityKey} -out ${authority} -days 2 -subj ${'/CN=test authority'}`
  await $`openssl req ${newKey} -keyout ${at('key.pem')} -out ${at('request.pem')} -subj /CN=${name}`
  await writeFile(at('names.cnf'), `subjectAltName=DNS:${name}\n`)
  const signer = ['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-extfile', at('names.cnf')]
  await $`openssl x509 -req -in ${at('request.pem')} ${signer} -days 2 -out ${at('certificate.pem')}`
  return { authority, certificate: at('certificate.pem'), key: at('key.pem') }
}

export interface HttpProxy extends AsyncDisposable {
  port: number
  /** Hosts and ports requested with valid credentials. */
  asked: string[]
  refused: number
}

/**
 * An HTTP proxy (RFC 9110, 7.6 and 9.3.6) that resolves every name to this host, with one user name and
 * password.
 */
export async function startProxy(port: number, login: string): Promise<HttpProxy> {
  const wanted = `Basic ${Buffer.from(login).toString('base64')}`
  const proxy = { port, asked: [] as string[], refused: 0 }
  const allows = (authorization: string | undefined, host: string): boolean => {
    if (authorization === wanted) proxy.asked.push(host)
    else proxy.refused += 1
    return authorization === wanted
  }
  const portOf = (host: string): number => Number(/:(\d+)$/.exec(host)?.[1] ?? 80)
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://none')
    if (!allows(request.headers['proxy-authorization'], url.host)) {
      response.writeHead(407, { 'Proxy-Authenticate': 'Basic' }).end()
      return
    }
    const socket = connect(portOf(url.host), '127.0.0.1', () => {
      const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = request.headers
      const lines = Object.entries({ ...headers, connection: 'close' }).map(
        ([key, value]) => `${key}: ${value}`,
      )
      socket.write(`${request.method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
      request.pipe(socket, { end: false })
      if (response.socket !== null) socket.pipe(response.socket)
    })
    socket.on('error', () => response.socket?.destroy())
  })
  server.on('connect', (request, client) => {
    client.on('error', () => {})
    if (!allows(request.headers['proxy-authorization'], request.url ?? '')) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n')
      return
    }
    const socket = connect(portOf(request.url ?? ''), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(client).pipe(socket)
    })
    socket.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return Object.assign(proxy, {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

/** Names of files below `dir` that contain `text`; sockets and other special files are skipped. */
export async function filesWith(dir: string, text: string): Promise<string[]> {
  const { stdout } = await run(['find', dir, '-type', 'f'])
  const found: string[] = []
  for (const path of stdout.split('\n').filter((line) => line !== '')) {
    if ((await readFile(path)).includes(text)) found.push(path)
  }
  return found
}
