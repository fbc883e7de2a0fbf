/** Root in the VM who answers in place of dockerd and the guest agent: with malformed and endless answers. */
import type { Duplex } from 'node:stream'

const head = 'HTTP/1.1 200 OK\r\n\r\n'

/** Writes as long as someone takes it and `goesOn` says so. */
export function pour(stream: Duplex, piece: string, goesOn: () => boolean = () => true): void {
  const write = (): void => {
    while (goesOn() && !stream.destroyed && stream.write(piece));
  }
  stream.on('drain', write).on('error', () => {})
  write()
}

/** Each path has its lie; what is asked for alone is answered, so that the others are asked for. */
export function lyingEngine(stream: Duplex): void {
  let request = ''
  stream
    .on('error', () => {})
    .on('data', (chunk: Buffer) => {
      request += String(chunk)
      const path = /^[A-Z]+ (\/[^ ?]*)/.exec(request)?.[1]
      if (path === undefined || !request.includes('\r\n\r\n')) return
      request = ''
      switch (path) {
        case '/_ping':
          stream.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK')
          break
        case '/events':
          stream.write(`${head}null\n`)
          break
        case '/containers/json':
          stream.write(`${head}[`)
          pour(stream, ' '.repeat(65_536))
          break
        default:
          stream.write(`${head}${'['.repeat(100_000)}`)
          stream.end()
      }
    })
}
