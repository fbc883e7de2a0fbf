/** The entry `desktop/net` of the package: the forwarder as a library. types/net.d.ts declares it. */
export { Forwarder } from './forwarder.ts'
export { standaloneNetwork as networkIn } from './network.ts'
