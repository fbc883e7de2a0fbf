/** A container with a port, three wait strategies and exec, by testcontainers for Node. */
import { GenericContainer, Wait } from 'testcontainers'

const server = 'mkdir -p /www && echo hello >/www/index.html && echo ready && exec httpd -f -p 80 -h /www'
const waits = [Wait.forLogMessage('ready'), Wait.forListeningPorts(), Wait.forHttp('/', 80)]
const started = await new GenericContainer('busybox:latest')
  .withExposedPorts(80)
  .withCommand(['sh', '-c', server])
  .withWaitStrategy(Wait.forAll(waits))
  .start()
const response = await fetch(`http://${started.getHost()}:${started.getMappedPort(80)}/`)
const { output, exitCode } = await started.exec(['echo', 'inside'])
await started.stop()
console.log(JSON.stringify([(await response.text()).trim(), output.trim(), exitCode]))
