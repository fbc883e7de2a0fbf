/** QEMU's migration to and from a unix socket, of a machine that is one text. */
import { connect, createServer } from 'node:net'

type Status = 'none' | 'active' | 'completed' | 'failed' | 'cancelled'

const pathOf = (uri: unknown): string => String(uri).replace(/^unix:/, '')

export class FakeMigration {
  status: Status = 'none'

  save(uri: unknown, state: string): void {
    this.status = 'active'
    const socket = connect(pathOf(uri))
    const end = (status: Status) => (): void => {
      if (this.status === 'active') this.status = status
    }
    socket.on('error', end('failed'))
    socket.end(state, end('completed'))
  }

  load(uri: unknown, take: (state: string) => void): void {
    this.status = 'active'
    const server = createServer(async (socket) => {
      server.close()
      let state = ''
      for await (const chunk of socket.setEncoding('utf8') as AsyncIterable<string>) state += chunk
      take(state)
      this.status = 'completed'
    }).listen(pathOf(uri))
  }

  cancel(): void {
    if (this.status === 'active') this.status = 'cancelled'
  }
}
