/** User content in the VM. The chapters share one VM and run in order. */
import { beginGuest } from './guest/contents.ts'
import { fileEvents } from './guest/file-events.ts'
import { registries } from './guest/registries.ts'
import { resources } from './guest/resources.ts'
import { services } from './guest/services.ts'
import { shares } from './guest/shares.ts'
import { sharesEnd } from './guest/shares-end.ts'

beginGuest()
services()
shares()
fileEvents()
resources()
registries()
sharesEnd()
