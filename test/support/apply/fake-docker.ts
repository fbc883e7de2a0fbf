/** A docker that creates what a script says, for tests of everything around `docker stack deploy`. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One request to the engine; `status` is what docker expects, or it ends with 1. */
export type Request = readonly [method: string, path: string, body?: object]

/** Path of a program that keeps its input as `compose`, sends the requests, prints `stderr`, and ends with `code`. */
export async function fakeDocker(
  dir: string,
  requests: readonly Request[],
  { stderr = '', code = 0 }: { stderr?: string; code?: number } = {},
): Promise<string> {
  const program = join(dir, 'docker.mjs')
  await writeFile(
    program,
    `import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
writeFileSync(${JSON.stringify(join(dir, 'compose'))}, readFileSync(0))
const socketPath = process.env.DOCKER_HOST.slice('unix://'.length)
const auth = process.argv.includes('--with-registry-auth') ? { 'X-Registry-Auth': 'e30=' } : {}
for (const [method, path, body] of ${JSON.stringify(requests)}) {
  await new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers: auth }, (reply) => {
      let text = ''
      reply.on('data', (part) => { text += part })
      reply.on('end', () => { console.log(reply.statusCode + ' ' + text); resolve() })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
process.stderr.write(${JSON.stringify(stderr)})
process.exitCode = ${code}
`,
  )
  const starter = join(dir, 'docker')
  await writeFile(starter, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  await chmod(starter, 0o755)
  return starter
}
