/** The looks of the HTML report: light and dark by the reader's choice, nothing from outside. */
import { html, type Html } from './markup.ts';

export const STYLE_SHEET: Html = html`
  :root { color-scheme: light dark; --back: #fbfbfa; --card: #fff; --ink: #1d2126; --soft: #646c76; --line:
  #e3e5e8; --good: #1a7f4b; --bad: #b3261e; --ask: #9a6700; --busy: #2563c9; --bar: #c9d3e0; --work: #2563c9;
  --review: #7b4fc4; --gates: #0f7f8c; --people: #b07a00; --lost: #b3261e; --other: #8a94a2; } @media
  (prefers-color-scheme: dark) { :root { --back: #14171b; --card: #1c2026; --ink: #e6e9ed; --soft: #9aa4b0;
  --line: #2d333b; --good: #4cc38a; --bad: #ff7b72; --ask: #e3b341; --busy: #79b0ff; --bar: #3a4554; --work:
  #79b0ff; --review: #c3a1ff; --gates: #5cc8d3; --people: #e3b341; --lost: #ff7b72; --other: #7f8a99; } } * {
  box-sizing: border-box; } body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.55
  system-ui, sans-serif; } main { max-width: 70rem; margin: 0 auto; padding: 2.2rem 1.4rem 4rem; } h1 {
  font-size: 1.55rem; line-height: 1.3; margin: .2rem 0 .5rem; overflow-wrap: anywhere; } h2 { font-size:
  1.05rem; margin: 2.2rem 0 .7rem; } p { margin: .4rem 0; } code, .mono { font: 12.5px/1.5 ui-monospace,
  monospace; overflow-wrap: anywhere; } .soft { color: var(--soft); } .good { color: var(--good); } .bad {
  color: var(--bad); } .ask { color: var(--ask); } .busy { color: var(--busy); } .pill { display:
  inline-block; padding: .1rem .65rem; border: 1px solid currentColor; border-radius: 99px; font-weight: 600;
  } .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .8rem; margin:
  1.3rem 0; } .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding:
  .75rem .95rem; } .card b { display: block; font-size: 1.35rem; line-height: 1.35; } .warn { border-left: 3px
  solid var(--ask); padding: .3rem .8rem; margin: .4rem 0; background: var(--card); } .timeline { background:
  var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .6rem .95rem 1rem; } .timeline h3
  { font-size: .88rem; margin: .9rem 0 .3rem; } .row { display: grid; grid-template-columns: minmax(9rem,
  17rem) 1fr 5rem; gap: .8rem; align-items: center; font-size: .86rem; padding: .1rem 0; } .row > :first-child
  { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; } .row > :last-child { text-align: right;
  color: var(--soft); } .track { position: relative; height: .72rem; border-radius: 4px; background:
  color-mix(in srgb, var(--bar) 30%, transparent); } .track i { position: absolute; top: 0; bottom: 0;
  min-width: 3px; border-radius: 4px; } .track .work, .key.work { background: var(--work); } .track .review,
  .key.review { background: var(--review); } .track .gates, .key.gates { background: var(--gates); } .track
  .people, .key.people { background: var(--people); } .track i, .key { background: var(--other); } .track
  .lost, .track .stopped, .track i.failed, .key.lost, .key.stopped { background: var(--lost); } .legend {
  display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .82rem; color: var(--soft); margin: .2rem 0
  .4rem; } .key { display: inline-block; width: .8rem; height: .6rem; border-radius: 2px; margin-right:
  .35rem; } a { color: var(--busy); } .graph { display: block; font: 12px system-ui, sans-serif; max-width:
  none; } .graph path { fill: none; stroke: var(--other); stroke-width: 1.3; } .graph rect { fill:
  var(--card); stroke: var(--other); stroke-width: 1.4; } .graph text { fill: var(--ink); text-anchor: middle;
  } .graph .completed rect { stroke: var(--good); } .graph .failed rect { stroke: var(--bad); } .graph
  .blocked rect { stroke: var(--ask); } .graph .in_progress rect { stroke: var(--busy); } .graph .skipped rect
  { stroke-dasharray: 4 3; } .graph .skipped text { fill: var(--soft); } details { background: var(--card);
  border: 1px solid var(--line); border-radius: 10px; margin: .55rem 0; } summary { cursor: pointer; padding:
  .6rem .95rem; font-weight: 600; } summary span { font-weight: 400; color: var(--soft); } details > div {
  padding: 0 .95rem .85rem; overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size:
  .86rem; } th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-top: 1px
  solid var(--line); overflow-wrap: break-word; } th { color: var(--soft); font-weight: 500; border-top: 0;
  white-space: nowrap; } ul { margin: .3rem 0; padding-left: 1.1rem; } pre { white-space: pre-wrap;
  overflow-wrap: anywhere; font: inherit; margin: 0; } .diff { font: 12.5px/1.5 ui-monospace, monospace;
  white-space: pre; overflow-x: auto; overflow-wrap: normal; margin: .2rem 0 1rem; } @media (max-width: 40rem)
  { main { padding: 1.2rem .8rem 3rem; } .row { grid-template-columns: 1fr 4.5rem; gap: .1rem .6rem; padding:
  .25rem 0; } .row .track { grid-column: 1 / -1; grid-row: 2; } .cards { grid-template-columns: repeat(2,
  minmax(0, 1fr)); } } @media print { details > div { display: block; } body { background: #fff; } }
`;
