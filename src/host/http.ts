/**
 * `node:http` for code that runs on every command. An ESM import of it reads all its exports, WebSocket among
 * them, and that loads undici: 60 ms of the 150 that a plan without changes may take.
 */
import type * as NodeHttp from 'node:http'

const http: typeof NodeHttp = process.getBuiltinModule('node:http')

export const request: typeof NodeHttp.request = http.request
