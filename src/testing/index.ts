/** For the tests of people who build on Baton: a rig with real git and a real store, and agents that are scripts. */
export { createRepository, driveRig, openRig, sequenceGraph, startRigRun } from './rig.ts';
export type { Rig, RigRun, RigStep } from './rig.ts';
export { createScriptedDriver } from '../drivers/scripted.ts';
export type { Script, ScriptedAnswer } from '../drivers/scripted.ts';
