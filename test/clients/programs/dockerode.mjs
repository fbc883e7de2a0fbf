/** Multiplexed output, an exit code, and 4 MiB through a hijacked stream with half-close, by dockerode. */
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import Docker from 'dockerode'

const docker = new Docker()
const said = { out: '', err: '' }
const collect = (name) => new PassThrough().on('data', (chunk) => (said[name] += chunk))
const script = ['sh', '-c', 'echo one; echo two >&2; exit 3']
const [{ StatusCode }, first] = await docker.run('busybox:latest', script, [collect('out'), collect('err')], {
  Tty: false,
})
await first.remove()

const streams = { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true }
const container = await docker.createContainer({ Image: 'busybox:latest', Cmd: ['cat'], ...streams })
const stream = await container.attach({ stream: true, stdin: true, stdout: true, hijack: true })
let bytes = 0
const output = new PassThrough().on('data', (chunk) => (bytes += chunk.length))
docker.modem.demuxStream(stream, output, output)
await container.start()
stream.end(Buffer.alloc(4 * 2 ** 20, 'x'))
await once(stream, 'end')
await container.wait()
await container.remove()
console.log(JSON.stringify([StatusCode, said.out.trim(), said.err.trim(), bytes]))
