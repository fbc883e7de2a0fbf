/** Two assemblers of a guest tree from a LinuxKit file, with one interface: our own, and upstream's program. */
import type { Builder } from '../../config/desired.ts'
import { type AssembleInputs, assemble } from './assemble.ts'
import type { Assembled } from './assembled.ts'
import { assembleWithTool } from './tool.ts'

/** @param workDir an empty directory; contents of the entries may be read from it until they are written */
export function assembleBy(builder: Builder, inputs: AssembleInputs, workDir: string): Promise<Assembled> {
  return builder === 'linuxkit' ? assembleWithTool({ ...inputs, workDir }) : assemble(inputs)
}
