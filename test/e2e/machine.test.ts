/**
 * One environment through its life, with the real binary, VM, dockerd and docker client. The chapters share
 * the VM and run in order; each test states a guarantee to the user.
 */
import { containers } from './machine/containers.ts'
import { crashes } from './machine/crashes.ts'
import { dataDisk } from './machine/disk.ts'
import { firstApply } from './machine/first-apply.ts'
import { inspection } from './machine/inspection.ts'
import { beginLife } from './machine/life.ts'
import { liveChanges } from './machine/live-changes.ts'
import { power } from './machine/power.ts'
import { replacement } from './machine/replacement.ts'

beginLife()
firstApply()
containers()
inspection()
liveChanges()
crashes()
dataDisk()
power()
replacement()
