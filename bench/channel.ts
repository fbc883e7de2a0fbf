/**
 * docker.sock from a client's point of view: requests, exec, attached output and attached input, medians of N
 * rounds. With two sockets, possibly of the same engine, the rounds alternate; ratios are of the first to the
 * second.
 *
 *   node bench/channel.ts --image TAR [--rounds 5] SOCKET [SOCKET]
 *
 * TAR is a root file system with busybox in it, for `docker import`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'

const { values, positionals: sockets } = parseArgs({
  allowPositionals: true,
  options: { image: { type: 'string' }, rounds: { type: 'string', default: '5' } },
})
const bytes = 32 * 2 ** 20
const pings = 50

function ping(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: '/_ping', agent: false }, (reply) => {
      reply.resume().once('end', resolve)
    })
    asked.once('error', reject).end()
  })
}

/** Seconds. */
async function docker(socket: string, args: readonly string[], input?: number): Promise<number> {
  const began = performance.now()
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}` }
  const child = spawn('docker', args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdout.resume()
  if (input === undefined) child.stdin.end()
  else child.stdin.end(Buffer.alloc(input, 'x'))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}`)
  return (performance.now() - began) / 1000
}

const measures: Readonly<Record<string, (socket: string, container: string) => Promise<number>>> = {
  requestMs: async (socket) => {
    const began = performance.now()
    for (let i = 0; i < pings; i += 1) await ping(socket)
    return (performance.now() - began) / pings
  },
  execMs: async (socket, container) => 1000 * (await docker(socket, ['exec', container, 'true'])),
  outputMBps: async (socket, container) =>
    bytes / 1e6 / (await docker(socket, ['exec', container, 'head', '-c', String(bytes), '/dev/zero'])),
  inputMBps: async (socket, container) =>
    bytes / 1e6 / (await docker(socket, ['exec', '-i', container, 'sh', '-c', 'cat >/dev/null'], bytes)),
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

const seen = sockets.map(() =>
  Object.fromEntries(Object.keys(measures).map((name) => [name, [] as number[]])),
)
const container = (index: number): string => `bench-${index}`
for (const [i, socket] of sockets.entries()) {
  await docker(socket, ['import', values.image ?? '', 'bench'])
  await docker(socket, ['run', '-d', '--rm', '--name', container(i), 'bench', 'sleep', '100000'])
}
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const [i, socket] of sockets.entries())
    for (const [name, measure] of Object.entries(measures))
      seen[i]?.[name]?.push(await measure(socket, container(i)))
}
for (const [i, socket] of sockets.entries()) await docker(socket, ['rm', '-f', container(i)])
const medians = seen.map((one) =>
  Object.fromEntries(Object.entries(one).map(([name, all]) => [name, Number(median(all).toFixed(2))])),
)
const [first = {}, second] = medians
const ratios =
  second &&
  Object.fromEntries(
    Object.entries(first).map(([name, it]) => [name, Number((it / (second[name] ?? 1)).toFixed(2))]),
  )
console.log(JSON.stringify({ date: new Date().toISOString(), load: loadavg()[0], medians, ratios }, null, 2))
