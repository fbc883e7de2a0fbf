/**
 * What TLS and HTTP/2 cost in Node without a proxy: servers that send bytes from memory, beside a plain socket. Bounds the
 * ratio of `https://` to the mapped port in names.ts. Downloads by curl over loopback, ways in turn. Needs curl and openssl.
 *
 *   node bench/net/tls.ts [--runs 7] [--megabytes 400]
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import { parseArgs } from 'node:util'
import { cpuSeconds, endedChildrenSeconds, rounded, summary, writeResult } from './measure.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    megabytes: { type: 'string', default: '400' },
    serve: { type: 'string' },
    folder: { type: 'string', default: '' },
  },
})
const megabytes = Number(values.megabytes)
/** As the forwarder lends them. */
const chunk = Buffer.alloc(256 * 1024)

function send(to: Writable): void {
  let left = megabytes * 1e6
  const next = (): void => {
    if (left === 0) return void to.end()
    const size = Math.min(left, chunk.length)
    left -= size
    // One under way, as with lent memory.
    to.write(chunk.subarray(0, size), next)
  }
  next()
}

const head = `HTTP/1.1 200 OK\r\nContent-Length: ${megabytes * 1e6}\r\n\r\n`

/** Names of the ways, and how each is served. */
const ways: Record<string, (tls: { key: Buffer; cert: Buffer }) => Server> = {
  'plain socket': () =>
    createServer((socket) => {
      socket.once('data', () => {
        socket.write(head)
        send(socket)
      })
    }),
  'plain http': () =>
    createHttpServer((_request, response) => {
      response.setHeader('Content-Length', megabytes * 1e6)
      send(response)
    }),
  'bare TLS, AES-256': (tls) => bareTls({ ...tls, ciphers: 'TLS_AES_256_GCM_SHA384' }),
  'bare TLS, AES-128': (tls) => bareTls({ ...tls, ciphers: 'TLS_AES_128_GCM_SHA256' }),
  'bare TLS, ChaCha20': (tls) => bareTls({ ...tls, ciphers: 'TLS_CHACHA20_POLY1305_SHA256' }),
  'HTTP/1.1 over TLS': (tls) => httpTls(tls),
  'HTTP/2 over TLS': (tls) => httpTls(tls),
}

const bareTls = (options: { key: Buffer; cert: Buffer; ciphers: string }): Server =>
  createTlsServer(options, (socket) => {
    socket.once('data', () => {
      socket.write(head)
      send(socket)
    })
  })

const httpTls = (tls: { key: Buffer; cert: Buffer }): Server =>
  createSecureServer({ ...tls, allowHTTP1: true }, (_request, response) => {
    response.setHeader('Content-Length', megabytes * 1e6)
    send(response.stream ?? response)
  })

if (values.serve !== undefined) {
  const file = (name: string): Buffer => readFileSync(join(values.folder, name))
  const server = ways[values.serve]?.({ key: file('key.pem'), cert: file('cert.pem') })
  server
    ?.on('error', () => {})
    .listen(0, '127.0.0.1', () => {
      process.send?.((server.address() as AddressInfo).port)
    })
  process.once('disconnect', () => process.exit())
} else await measure()

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-tls-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem']
  execFileSync(
    'openssl',
    ['req', '-x509', ...key, '-subj', '/CN=localhost', '-days', '2', '-out', 'cert.pem'],
    {
      cwd: folder,
      stdio: 'ignore',
    },
  )
  const servers = await Promise.all(
    Object.keys(ways).map(async (way) => {
      const args = [...process.execArgv, import.meta.filename, '--serve', way, '--folder', folder]
      const child = spawn(process.execPath, [...args, '--megabytes', values.megabytes], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
      const [port] = (await once(child, 'message')) as [number]
      return { way, child, port, samples: [] as { speed: number; server: number; client: number }[] }
    }),
  )
  for (let run = -1; run < Number(values.runs); run += 1)
    for (const { way, child, port, samples } of servers) {
      const scheme = way.startsWith('plain') ? 'http' : 'https'
      const version = way.startsWith('HTTP/2') ? '--http2' : '--http1.1'
      const target = [
        '-o',
        '/dev/null',
        '-w',
        '%{speed_download} %{size_download}',
        `${scheme}://127.0.0.1:${port}/`,
      ]
      const of = (): [number, number] => [cpuSeconds(child.pid ?? 0), endedChildrenSeconds()]
      const before = of()
      const args = [version, '--silent', '--show-error', '--insecure', ...target]
      const [speed = 0, size] = execFileSync('curl', args, { encoding: 'utf8' }).split(' ').map(Number)
      if (size !== megabytes * 1e6) throw new Error(`${way}: ${size} bytes`)
      const [server, client] = of().map((now, i) => ((now - before[i]!) * 1e5) / megabytes) as [
        number,
        number,
      ]
      // The first one warms up.
      if (run >= 0) samples.push({ speed: speed / 1e6, server, client })
    }
  const rows = servers.map(({ way, samples }) => ({
    way,
    megabytesPerSecond: summary(samples.map(({ speed }) => speed)),
    serverMsPer100Megabytes: summary(samples.map(({ server }) => server)),
    clientMsPer100Megabytes: summary(samples.map(({ client }) => client)),
  }))
  for (const { way, ...row } of rows)
    console.log([way, ...Object.values(row).map(({ median }) => rounded(median))].join('\t'))
  for (const { child } of servers) child.disconnect()
  writeResult('net-tls', { runs: values.runs, megabytes: values.megabytes, rows })
}
