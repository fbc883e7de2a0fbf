/** What exec-session does in a VM (templates/guest/socat), with programs of this host. */
import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'

type Outputs = Record<'out' | 'err', PromiseWithResolvers<Duplex>>

export class FakeExec {
  readonly #sessions = new Map<string, Outputs>()

  connection(stream: Duplex): void {
    let head = Buffer.alloc(0)
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\n')
      if (end < 0) return
      stream.off('data', read).pause()
      if (end + 1 < head.length) stream.unshift(head.subarray(end + 1))
      this.#begin(head.toString('utf8', 0, end).split(' '), stream)
    }
    stream.on('data', read)
  }

  #begin([id = '', what = '', command = '']: readonly string[], stream: Duplex): void {
    const outputs = this.#sessions.get(id) ?? {
      out: Promise.withResolvers<Duplex>(),
      err: Promise.withResolvers<Duplex>(),
    }
    this.#sessions.set(id, outputs)
    if (what === 'run') this.#run(Buffer.from(command, 'base64').toString(), stream, outputs)
    else if (what === 'out' || what === 'err') outputs[what].resolve(stream)
  }

  #run(command: string, stream: Duplex, { out, err }: Outputs): void {
    const child = spawn('sh', ['-c', command])
    child.stdin.on('error', () => {})
    stream.pipe(child.stdin)
    void out.promise.then((to) => child.stdout.pipe(to.on('close', () => child.stdout.destroy())))
    void err.promise.then((to) => child.stderr.pipe(to))
    child.once('close', (code) => stream.end(`${code ?? 141}\n`))
  }
}
