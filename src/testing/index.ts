/** For the tests of people who build on Baton: a rig with real git and a real store, agents that are scripts, and a model that is one. */
export { createRepository, driveRig, openRig, sequenceGraph, startRigRun } from './rig.ts';
export type { Rig, RigRun, RigStep } from './rig.ts';
export { createScriptedDriver } from '../drivers/scripted.ts';
export type { Script, ScriptedAnswer } from '../drivers/scripted.ts';
export { inSequence, lastToolResult, openFakeModel } from './fake-model/fake-model.ts';
export type { FakeAnswer, FakeCall, FakeModel, FakeReply, FakeScript } from './fake-model/fake-model.ts';
