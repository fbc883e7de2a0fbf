/** `desktop flows`: all connections of the VM, from the forwarder's tables. */
import { openReachable } from '../../apply/environment/open-reachable.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { flowsDocument, flowsView } from '../views/flows.ts'

export async function run(options: FileOptions, output: Output): Promise<number> {
  const { desired, paths } = await openReachable(options)
  const control = await connectSupervisor(paths)
  if (control === undefined) throw new DesktopError('vm/not-running', `${desired.name} is not running`)
  await using _control = control
  const [flows, egress, denials] = await Promise.all([
    control.flows(),
    control.egressRules(),
    control.egressDenials(),
  ])
  const document = flowsDocument(desired.name, flows, egress, denials)
  output.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : flowsView(document))
  return exitCodes.done
}
