/** Dies with a container left behind, for the reaper. */
import { GenericContainer } from 'testcontainers'

const started = await new GenericContainer('busybox:latest').withCommand(['sleep', '3600']).start()
console.log(started.getId())
process.kill(process.pid, 'SIGKILL')
